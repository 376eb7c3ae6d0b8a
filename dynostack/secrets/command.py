"""The command `dynostack secret set`, without the parsing of its options."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dynostack.environment.secret_names import path_of
from dynostack.local.workspace import LocalWorkspace
from dynostack.secrets.encryption import Encryption
from dynostack.secrets.errors import SecretRefused
from dynostack.secrets.passphrase import Ask
from dynostack.secrets.secrets_file import SecretsFile

PLACEHOLDER = "AAAAAAAA"
"""Stands for the ciphertext while the file is checked, before anybody is asked for the value."""


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
        encryption = Encryption(
            self.workspace, self.stack, self.ask, file.document, has_secrets=file.has_secrets
        )
        (ciphertext,), beside = encryption.encrypted([self.read()])
        file.write(file.with_secret(path, ciphertext, beside))
        return f"encrypted {self.name} in Pulumi.{self.stack}.yaml"
