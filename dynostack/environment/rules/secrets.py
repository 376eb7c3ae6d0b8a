"""Rules about secrets in plain text.  No message repeats a value."""

from collections.abc import Iterator
from typing import NamedTuple

from dynostack.environment.diagnostics.finding import Finding, Path
from dynostack.environment.diagnostics.rule import LOCAL_STACK, RuleContext
from dynostack.environment.diagnostics.secret_detection import (
    format_of,
    has_password,
    is_placeholder,
    is_secret_name,
    is_switch,
)
from dynostack.environment.secret_names import CONFIG_VARS, secret_command


class Plain(NamedTuple):
    """A value in plain text at a place that can hold a secret."""

    path: tuple[str, ...]
    name: str
    value: str


def kept_secret(context: RuleContext) -> Iterator[Finding]:
    """Report secrets in plain text, which everyone with access to the repository can read."""
    for plain in _values(context):
        if told := _secret(context, plain):
            command = secret_command(context.stack, plain.path)
            yield Finding(plain.path, *told, f"the value encrypted: {command}")
    listed = context.keys("app").get("buildpacks")
    for index, address in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(address, str) and has_password(address):
            message = "this address contains a password in plain text"
            path: Path = ("app", "buildpacks", index)
            yield Finding(path, "DS402", message, "an address without a password")


def _secret(context: RuleContext, plain: Plain) -> tuple[str, str] | None:
    """Return the code and message for a value that should be encrypted, or None."""
    if has_password(plain.value):
        return "DS402", f"the address in {plain.name} contains a password in plain text"
    if what := format_of(plain.value):
        return "DS403", f"{plain.name} looks like {what} and is in plain text"
    is_local = context.stack == LOCAL_STACK
    if not is_secret_name(plain.name) or is_switch(plain.value):
        return None
    if is_local and is_placeholder(plain.value):
        return None
    message = f"the name of {plain.name} suggests a secret, but its value is in plain text"
    return "DS404" if is_local else "DS401", message


def _values(context: RuleContext) -> Iterator[Plain]:
    places: list[tuple[str, ...]] = [CONFIG_VARS, ("drains",)]
    places += [("addons", key, "config") for key in context.keys("addons")]
    for path in places:
        for name, value in context.keys(*path).items():
            if isinstance(value, str):
                yield Plain((*path, name), name, value)


RULES = (kept_secret,)
