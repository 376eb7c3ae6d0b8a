"""Conversion of a section's values for resources: texts, secrets and Pulumi outputs."""

from collections.abc import Callable
from typing import TypeVar

import pulumi
from pydantic import SecretStr

T = TypeVar("T")
R = TypeVar("R")


def as_input(value: pulumi.Input[str] | SecretStr) -> pulumi.Input[str]:
    """Return a value as a resource's input; a secret in the file stays a secret in the state."""
    if isinstance(value, SecretStr):
        return pulumi.Output.secret(value.get_secret_value())
    return value


def changed(value: pulumi.Input[T], change: Callable[[T], R]) -> pulumi.Input[R]:
    """Apply a function to a value; if the value is an output, return an output."""
    if isinstance(value, pulumi.Output):
        output: pulumi.Output[T] = value
        return output.apply(change)
    return change(value)  # type: ignore[arg-type]  # a file has no awaitables
