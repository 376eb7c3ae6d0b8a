"""Encryption of values with the secrets provider of a stack's file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from dynostack.engine.backend import backend_address
from dynostack.engine.process import PulumiProcess
from dynostack.environment.diagnostics.rule import LOCAL_STACK
from dynostack.local.workspace import LocalWorkspace
from dynostack.secrets.engine import engine_encrypted
from dynostack.secrets.passphrase import Ask, Passphrase
from dynostack.secrets.passphrase_key import PassphraseKey

PASSPHRASE_PROVIDERS = ("", "default", "passphrase")
"""Values of `secretsprovider` with which a file with a salt uses a passphrase."""


@dataclass(frozen=True)
class Encryption:
    """Encrypts values for one stack's file."""

    workspace: LocalWorkspace
    stack: str
    ask: Ask
    document: Mapping[str, Any]
    """The contents of the file."""
    has_secrets: bool
    """Whether the file has encrypted values."""

    @property
    def uses_engine(self) -> bool:
        """Return whether the engine encrypts, because a service has the key."""
        provider = str(self.document.get("secretsprovider") or "")
        return provider not in PASSPHRASE_PROVIDERS or (
            not self._salt and self._has_cloud(provider)
        )

    def key(self) -> PassphraseKey:
        """Return the key of the file's passphrase, a new one if the file has no salt.

        Raises:
            SecretRefused: the passphrase is wrong, unknown or public.
        """
        source = Passphrase(self.stack, os.environ, self.ask)
        return source.key(self._salt, has_secrets=self.has_secrets)

    def encrypted(self, values: Iterable[str]) -> tuple[list[str], dict[str, str]]:
        """Encrypt values; if the engine does it, its backend must have the stack.

        Returns:
            The ciphertexts, and the keys beside `config:` that belong to them.

        Raises:
            SecretRefused: the passphrase is wrong, unknown or public.
            EngineFailed: the engine cannot encrypt a value.
        """
        if not self.uses_engine:
            key = self.key()
            return [key.encrypted(each) for each in values], {"encryptionsalt": key.salt}
        engine = PulumiProcess.of_shell(self.workspace)
        document, found = self.document, []
        beside: dict[str, str] = {}
        for value in values:
            ciphertext, beside = engine_encrypted(engine, self.stack, document, value)
            document = {**document, **beside}
            found.append(ciphertext)
        return found, beside

    @property
    def _salt(self) -> str:
        return str(self.document.get("encryptionsalt") or "")

    def _has_cloud(self, provider: str) -> bool:
        """Return whether Pulumi Cloud encrypts a new secret of the stack.

        It does in its own backend, if the file names no other provider.
        """
        if self.stack == LOCAL_STACK or provider == "passphrase":
            return False
        address = backend_address(self.workspace.project, os.environ)
        return urlsplit(address).scheme in ("http", "https")
