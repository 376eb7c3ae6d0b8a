"""Secrets on their way from the stack's file to a resource."""

import json

import pulumi
from pulumi.runtime import get_config
from pydantic import SecretStr

import config


def decrypted() -> dict[str, object]:
    """Section -> its value with secrets in plain text, for `config.load`.

    Not by pulumi.Config: there a section with one secret in it is a secret as a whole.
    """
    sections = (field.alias for field in config.Environment.model_fields.values())
    texts = {each: get_config(f"{pulumi.get_project()}:{each}") for each in sections if each}
    return {each: _value(text) for each, text in texts.items() if text is not None}


def _value(text: str) -> object:
    """Sections of several keys come as JSON; a section that is one text comes as that text."""
    return json.loads(text) if text.startswith(("{", "[")) else text


def as_input(value: str | SecretStr) -> pulumi.Input[str]:
    """A value for a resource; what was encrypted in the file is encrypted in the state."""
    if isinstance(value, SecretStr):
        return pulumi.Output.secret(value.get_secret_value())
    return value
