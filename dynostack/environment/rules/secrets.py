"""Rules about secrets in plain text.  No message repeats a value."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from dynostack.environment.diagnostics.finding import Finding, Path
from dynostack.environment.diagnostics.rule import RuleContext
from dynostack.environment.diagnostics.secret_detection import (
    format_of,
    has_password,
    is_secret_name,
    is_switch,
)


@dataclass(frozen=True)
class Plain:
    """A value in plain text at a place that can hold a secret."""

    path: Path
    name: str
    value: str


def kept_secret(context: RuleContext) -> Iterator[Finding]:
    """Report secrets in plain text, which everyone with access to the repository can read."""
    for plain in _values(context):
        if told := _secret(plain):
            yield Finding(plain.path, *told, _encrypted(context, plain.path))
    listed = context.keys("app").get("buildpacks")
    for index, address in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(address, str) and has_password(address):
            message = "this address contains a password in plain text"
            path = ("app", "buildpacks", index)
            yield Finding(path, "DS402", message, "an address without a password")


def _secret(plain: Plain) -> tuple[str, str] | None:
    """Return the code and message for a value that should be encrypted, or None."""
    if has_password(plain.value):
        return "DS402", f"the address in {plain.name} contains a password in plain text"
    if what := format_of(plain.value):
        return "DS403", f"{plain.name} looks like {what} and is in plain text"
    if is_secret_name(plain.name) and not is_switch(plain.value):
        return (
            "DS401",
            f"the name of {plain.name} suggests a secret, but its value is in plain text",
        )
    return None


def _values(context: RuleContext) -> Iterator[Plain]:
    places = [("app", "configVars"), ("drains",)]
    places += [("addons", key, "config") for key in context.keys("addons")]
    for path in places:
        for name, value in context.keys(*path).items():
            if isinstance(value, str):
                yield Plain((*path, name), name, value)


def _encrypted(context: RuleContext, path: Path) -> str:
    """Return the command that prompts for a value and writes it encrypted."""
    section, *keys = path
    steps = (f".{key}" if re.fullmatch(r"[\w-]+", str(key)) else f'["{key}"]' for key in keys)
    key, stack = f"{context.project}:{section}{''.join(steps)}", shlex.quote(context.stack)
    quoted = shlex.quote(key) if "'" in key else f"'{key}'"
    return f"the value encrypted: pulumi config set --secret --path {quoted} -s {stack}"


RULES = (kept_secret,)
