"""Removal of secrets from the messages of a project's own rules, which may repeat a value."""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from urllib.parse import quote, quote_plus

from pydantic import SecretStr

from dynostack.environment.diagnostics.finding import Finding

SHORTEST_SECRET = 4
"""Minimum length of a secret to search for; a shorter one may be part of any word."""

LONGEST_PART = 12
"""A part of a secret is hidden if it has at least this many characters."""


def parts_of_secrets(sections: Mapping[str, object]) -> set[str]:
    """Return the texts to hide: parts of a file's secrets, plain and in common encodings."""
    parts: set[str] = set()
    for secret in _secrets(sections):
        for form in map(_folded, _forms(secret)):
            starts = range(max(1, len(form) - LONGEST_PART + 1))
            parts.update(form[start : start + LONGEST_PART] for start in starts)
    return {part for part in parts if len(part) >= SHORTEST_SECRET}


def without_secrets(parts: set[str], finding: Finding) -> Finding:
    """Return the finding without the parts of secrets."""
    path = (_masked(each, parts) if isinstance(each, str) else each for each in finding.path)
    return replace(
        finding,
        path=tuple(path),
        message=_masked(finding.message, parts),
        suggestion=_masked(finding.suggestion, parts),
    )


def _masked(text: str, parts: set[str]) -> str:
    """Return a text with stars in place of every stretch that the parts cover."""
    folded, covered = _folded(text), bytearray(len(text))
    for width in {len(part) for part in parts}:
        for start in range(len(text) - width + 1):
            if folded[start : start + width] in parts:
                covered[start : start + width] = b"\1" * width
    runs = groupby(zip(text, covered, strict=True), key=itemgetter(1))
    return "".join("***" if hidden else "".join(each for each, _ in run) for hidden, run in runs)


def _folded(text: str) -> str:
    """Return a text in lower case that has the same length."""
    return "".join(each.lower() if len(each.lower()) == 1 else each for each in text)


def _secrets(value: object) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    if isinstance(value, Mapping | list):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _secrets(each)


def _forms(secret: str) -> Iterator[str]:
    data = secret.encode("utf-8", "surrogatepass")
    yield from (secret, *(line.strip() for line in secret.splitlines()))
    yield from (repr(secret)[1:-1], repr(data)[2:-1], data.hex())
    yield from (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    yield from (quote(data), quote(data, safe=""), quote_plus(data))
    yield from (encode(data).decode().rstrip("=") for encode in (b64encode, urlsafe_b64encode))
