"""The command `dynostack secret set`, without the parsing of its options."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from dynostack.engine.backend import backend_address
from dynostack.engine.process import PulumiProcess
from dynostack.environment.diagnostics.rule import LOCAL_STACK
from dynostack.environment.secret_names import path_of
from dynostack.local.workspace import LocalWorkspace
from dynostack.secrets.engine import engine_encrypted
from dynostack.secrets.errors import SecretRefused
from dynostack.secrets.passphrase import Ask, Passphrase
from dynostack.secrets.secrets_file import SecretsFile

PLACEHOLDER = "AAAAAAAA"
"""Stands for the ciphertext while the file is checked, before anybody is asked for the value."""

PASSPHRASE_PROVIDERS = ("", "default", "passphrase")
"""Values of `secretsprovider` with which a file with a salt uses a passphrase."""


@dataclass(frozen=True)
class SetSecret:
    """Encrypts one value in a stack's file."""

    workspace: LocalWorkspace
    stack: str
    name: str
    """A config var, or the path of another value in the file."""
    read: Callable[[], str]
    """Returns the value."""
    ask: Ask

    def run(self) -> str:
        """Encrypt the value and return what was done.

        Raises:
            SecretRefused: the value cannot be set; the file is unchanged.
            EngineFailed: the engine cannot encrypt the value; the file is unchanged.
        """
        path = path_of(self.name)
        if path is None:
            raise SecretRefused(
                "NAME is neither a config var nor a path; write a name such as SECRET_KEY, or a"
                " path such as drains.archive"
            )
        file = SecretsFile.read(self.workspace.project, self.stack)
        file.refuse_errors(path, file.with_secret(path, PLACEHOLDER, {}))
        value = self.read()
        file.write(file.with_secret(path, *self._encrypted(file, value)))
        return f"encrypted {self.name} in Pulumi.{self.stack}.yaml"

    def _encrypted(self, file: SecretsFile, value: str) -> tuple[str, dict[str, str]]:
        """Return the ciphertext, and the keys beside `config:` that belong to it."""
        document = file.document
        provider = str(document.get("secretsprovider") or "")
        salt = str(document.get("encryptionsalt") or "")
        if provider not in PASSPHRASE_PROVIDERS or (not salt and self._has_cloud(provider)):
            engine = PulumiProcess.of_shell(self.workspace)
            return engine_encrypted(engine, self.stack, document, value)
        source = Passphrase(self.stack, os.environ, self.ask)
        key = source.key(salt, has_secrets=file.has_secrets)
        return key.encrypted(value), {"encryptionsalt": key.salt}

    def _has_cloud(self, provider: str) -> bool:
        """Return whether Pulumi Cloud encrypts a new secret of the stack.

        It does in its own backend, if the file names no other provider.
        """
        if self.stack == LOCAL_STACK or provider == "passphrase":
            return False
        address = backend_address(self.workspace.project, os.environ)
        return urlsplit(address).scheme in ("http", "https")
