"""Values on their way from a section to a resource: texts, secrets and Pulumi outputs."""

from collections.abc import Callable
from typing import TypeVar

import pulumi
from pydantic import SecretStr

T = TypeVar("T")
R = TypeVar("R")


def as_input(value: pulumi.Input[str] | SecretStr) -> pulumi.Input[str]:
    """Return a value for a resource; what was encrypted in the file is encrypted in the state."""
    if isinstance(value, SecretStr):
        return pulumi.Output.secret(value.get_secret_value())
    return value


def changed(value: pulumi.Input[T], change: Callable[[T], R]) -> pulumi.Input[R]:
    """Return what a function makes of a value, now or when the output is known."""
    if isinstance(value, pulumi.Output):
        output: pulumi.Output[T] = value
        return output.apply(change)
    return change(value)  # type: ignore[arg-type]  # no awaitable comes from a file
