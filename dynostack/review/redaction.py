"""Masks secrets in values and texts, and keeps the text around them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dynostack.environment.diagnostics.secret_detection import (
    HIDDEN,
    format_of,
    has_password,
    is_secret_name,
    is_switch,
)
from dynostack.review import resource_types
from dynostack.review.preview_parser import PROTECT, SECRET
from dynostack.review.source_locations import SourceLocations
from dynostack.review.step import Preview, Step, Values

MASK = "[secret]"
UNKNOWN = "(known after the apply)"
UNKNOWN_MARKS = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
"""The engine's placeholders for a text, number, list or other value that is not known yet."""

_URL = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://)(?P<rest>[^\s\"'<>`]+)", re.IGNORECASE)
_TOKEN = re.compile(r"(?=[^\s/:=]*[0-9])(?=[^\s/:=]*[A-Za-z])[A-Za-z0-9_.+~-]{16,}={0,2}")
_SHORTEST_VALUE = 6
"""In characters.  A shorter secret would match in too many harmless places."""
_SECRET_ENDINGS = ("KEY", "TOKEN", "SECRET", "PASSWORD", "PASSPHRASE")
"""Endings of secret environment variables, in addition to the names that are secret in a file."""
_WORDS = re.compile(r"[A-Za-z]+([-_.][A-Za-z0-9]{1,8})*\.*")


def shown(value: object) -> str:
    """Return a value as readable text, without credentials in addresses."""
    if isinstance(value, str):
        return UNKNOWN if value in UNKNOWN_MARKS else addresses_masked(value)
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if isinstance(value, list):
        return ", ".join(map(shown, value))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {shown(each)}" for key, each in value.items())
    return str(value)


def addresses_masked(text: str) -> str:
    """Mask the user, password, query and possible tokens of each address in a text."""
    return _URL.sub(_address, text)


def _address(match: re.Match[str]) -> str:
    rest = match["rest"]
    place, slash, path = rest.partition("/")
    credentials, at, host = place.rpartition("@")
    path, question, _ = path.partition("?")
    path, hash_, _ = path.partition("#")
    segments = [MASK if _TOKEN.fullmatch(each) else each for each in path.split("/")]
    tail = (question or hash_) and f"{question or hash_}{MASK}"
    user = f"{MASK}@" if credentials or at else ""
    return f"{match['scheme']}{user}{host}{slash}{'/'.join(segments)}{tail}"


def host_only(value: object) -> str:
    """Return only the scheme and host of an address; the rest of a drain's may be a token."""
    text = shown(value)
    match = _URL.match(text)
    if not match:
        return text
    place, slash, path = match["rest"].partition("/")
    return f"{match['scheme']}{place}{slash}{MASK if path else ''}"


@dataclass(frozen=True)
class Mask:
    """Masks known secrets, and what looks like one, in texts that others wrote."""

    secrets: tuple[str, ...] = field(repr=False)
    """Longest first, so that nothing is left of a secret that contains another one."""

    ids: frozenset[str] = frozenset()
    """The ids of resources, which look like tokens but may be shown."""

    @classmethod
    def of(cls, preview: Preview, secrets: Iterable[str] = (), ids: Iterable[str] = ()) -> Mask:
        """Return the mask for the hidden values of a preview and for additional secrets."""
        steps = (*preview.steps, *preview.drift, *preview.looked_at)
        hidden = {each for step in steps for each in _hidden(step)}
        known = {each for each in (*hidden, *secrets) if len(each) >= _SHORTEST_VALUE}
        ordered = tuple(sorted(known - {SECRET}, key=len, reverse=True))
        return cls(ordered, frozenset({*ids, *(step.id for step in steps)}) - known)

    def __call__(self, text: str) -> str:
        """Return the text without secrets."""
        for secret in self.secrets:
            text = text.replace(secret, MASK)
        return _TOKEN.sub(self._unless_harmless, addresses_masked(text))

    def _unless_harmless(self, match: re.Match[str]) -> str:
        return match[0] if match[0] in self.ids or _WORDS.fullmatch(match[0]) else MASK


def is_shown(step: Step, path: str) -> bool:
    """Return whether the value of a property may be shown.

    The old and new values of a config var or an add-on's option may be shown unless one of them is
    a secret, judging by the engine's mark, its name or its format.  No one has reviewed a value
    that was set outside Pulumi, so any such value that looks like a token counts as a secret.
    """
    allowed = resource_types.kind(step).shown | resource_types.IDENTITIES | {PROTECT}
    plain = path.replace('["', ".").replace('"]', "").split("[")[0]
    if any(plain == each or plain.startswith(f"{each}.") for each in allowed):
        return True
    first, _, name = plain.partition(".")
    sides = [_entries(values, first) for values in (step.old, step.new)]
    if first not in resource_types.PLAIN_VARS or not all(
        isinstance(each, Mapping) for each in sides
    ):
        return False
    names = [name] if name else [*sides[0], *sides[1]]
    return not any(_is_secret(step, each, side.get(each)) for each in names for side in sides)


def _entries(values: Values | None, key: str) -> Mapping[str, object]:
    found = (values or {}).get(key)
    if found is None:
        return {}
    return found if isinstance(found, Mapping) else {"": found}


def _is_secret(step: Step, name: str, value: object) -> bool:
    if value is None:
        return False
    text = str(value)
    if text == SECRET or has_password(text) or format_of(text):
        return True
    if step.is_drift and _TOKEN.fullmatch(text) and not _WORDS.fullmatch(text):
        return True
    made_secret = name in _entries(step.new, resource_types.SECRET_VARS)
    return made_secret or (is_secret_name(name) and not is_switch(text))


def _hidden(step: Step) -> Iterable[str]:
    for values in (step.old, step.new):
        for key in resource_types.CONFIG_VARS | {resource_types.OPTIONS, "configVarValues"}:
            for name, value in _entries(values, key).items():
                if isinstance(value, str) and not is_shown(step, f"{key}.{name}"):
                    yield value
        if isinstance(address := (values or {}).get("sensitiveUrl"), str):
            yield address


def known_secrets(directory: Path, stack: str) -> list[str]:
    """Return the secrets in this shell's environment and in the stack's file."""
    of_shell = [
        value
        for name, value in os.environ.items()
        if name.endswith(_SECRET_ENDINGS) or is_secret_name(name)
    ]
    return [*of_shell, *_texts(SourceLocations.of(directory, stack).sections, hidden=False)]


def _texts(value: object, hidden: bool) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _texts(each, hidden or key in HIDDEN)
    elif isinstance(value, str) and hidden:
        yield value
