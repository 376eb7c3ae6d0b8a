"""Removal of secrets from the messages of a project's own rules, which may repeat a value."""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from urllib.parse import quote, quote_plus

from pydantic import SecretStr

from dynostack.environment.diagnostics.finding import Finding

SHORTEST_SECRET = 4
"""Minimum length of a secret to search for; a shorter one may be part of any word."""

LONGEST_PART = 12
"""A part of a secret is hidden if it has at least this many characters."""


def forms_of_secrets(sections: Mapping[str, object]) -> set[str]:
    """Return the texts to hide: a file's secrets, plain and in common encodings, in lower case."""
    forms = {_folded(form) for secret in _secrets(sections) for form in _forms(secret)}
    return {form for form in forms if len(form) >= SHORTEST_SECRET}


def without_secrets(forms: set[str], finding: Finding) -> Finding:
    """Return the finding without parts of secrets."""
    path = (_masked(each, forms) if isinstance(each, str) else each for each in finding.path)
    return finding._replace(
        path=tuple(path),
        message=_masked(finding.message, forms),
        suggestion=_masked(finding.suggestion, forms),
    )


def _masked(text: str, forms: set[str]) -> str:
    """Return a text with stars in place of every stretch that is a part of a secret."""
    folded, covered = _folded(text), bytearray(len(text))
    for form in forms:
        width = min(len(form), LONGEST_PART)
        for start in _starts(folded, form, width):
            covered[start : start + width] = b"\1" * width
    runs = groupby(zip(text, covered, strict=True), key=itemgetter(1))
    return "".join("***" if hidden else "".join(each for each, _ in run) for hidden, run in runs)


def _starts(text: str, form: str, width: int) -> Iterator[int]:
    """Yield where a text has a part of a secret that has a width.

    Every such part contains one of the text's blocks of half its width, so that a long secret is
    searched for few texts.
    """
    block = max(width // 2, 1)
    for begin in range(0, len(text) - block + 1, block):
        if text[begin : begin + block] in form:
            for start in range(max(begin + block - width, 0), begin + 1):
                part = text[start : start + width]
                if len(part) == width and part in form:
                    yield start


def _folded(text: str) -> str:
    """Return a text in lower case that has the same length."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
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
