"""Encryption by the engine, for stacks whose key is in a service: a cloud's or Pulumi's own."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from dynostack.engine.process import EngineFailed, PulumiProcess

PROVIDER_KEYS = ("secretsprovider", "encryptedkey", "encryptionsalt")
"""The keys of a stack's file that describe its secrets provider."""


def engine_encrypted(
    engine: PulumiProcess, stack: str, document: Mapping[str, Any], value: str
) -> tuple[str, dict[str, str]]:
    """Encrypt a value with the secrets provider of a stack's file.

    The engine would write the file without its comments and quotes, so it gets a file of its own.

    Args:
        engine: the engine, with a backend that has the stack.
        stack: the stack's name.
        document: the contents of the stack's file.
        value: the value.

    Returns:
        The ciphertext, and the provider's keys as the engine wrote them.

    Raises:
        EngineFailed: the engine ended with an error.
    """
    with TemporaryDirectory() as folder:
        file = Path(folder, f"Pulumi.{stack}.yaml")
        kept = {key: document[key] for key in PROVIDER_KEYS if key in document}
        file.write_text(yaml.safe_dump(kept), "utf-8")
        # --raw keeps all line breaks; the value gets neither to a command line nor to a file.
        command = ("config", "set", "value", "--secret", "--raw", "--config-file", str(file))
        pipe = subprocess.PIPE
        with engine.started(
            *command, "--stack", stack, source=pipe, output=pipe, errors=subprocess.STDOUT
        ) as process:
            output, _ = process.communicate(value)
        if process.returncode != 0:
            raise EngineFailed(output.strip())
        written = yaml.safe_load(file.read_text("utf-8"))
    (secret,) = written["config"].values()
    return str(secret["secure"]), {key: written[key] for key in PROVIDER_KEYS if key in written}
