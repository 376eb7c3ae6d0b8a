"""Secrets in the words of a project's own rules, which may repeat what they refuse."""

import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import quote, quote_plus

from pydantic import SecretStr

from dynostack.environment.diagnostics.finding import Finding

SHORTEST_SECRET = 4
"""A shorter secret may be part of any word, and is not searched for."""


def without_secrets(sections: Mapping[str, object], finding: Finding) -> Finding:
    """Return the finding without the secrets of the file, plain or in a usual encoding."""
    forms = {form for secret in _secrets(sections) for form in _forms(secret)}
    forms = {form for form in forms if len(form) >= SHORTEST_SECRET}
    if not forms:
        return finding
    longest_first = sorted(forms, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)
    path = (pattern.sub("***", each) if isinstance(each, str) else each for each in finding.path)
    return replace(
        finding,
        path=tuple(path),
        message=pattern.sub("***", finding.message),
        suggestion=pattern.sub("***", finding.suggestion),
    )


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
