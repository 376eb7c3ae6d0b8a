"""Which values of an app look secret, and so are encrypted."""

from __future__ import annotations

import math
import re
from collections import Counter

from dynostack.environment.diagnostics.secret_detection import is_secret, is_switch

_NAME = re.compile(
    r"(.*_)?(KEY|SALT|DSN|AUTH|PIN|CERT|CERTIFICATE|PEM|SIGNATURE|JWT|WEBHOOK|WEBHOOK_URL)",
    re.IGNORECASE,
)
"""Names that often have a secret, in addition to those that `dynostack check` reports."""
_USER_IN_ADDRESS = re.compile(r"://[^\s/?#@]+@")
_LONG_ADDRESS_PART = re.compile(r"[?&/][^?&/=\s]*=?[A-Za-z0-9_-]{24,}")
_PARAMETER = re.compile(r"[?&#](?P<name>[^=&#\s]+)=(?P<value>[^&#\s]+)")
"""A parameter in the query of an address."""
_WORD = re.compile(r"[A-Za-z0-9+/=_-]{16,}")
_HEX = re.compile(r"[0-9a-f-]{16,}", re.IGNORECASE)
_LEAST_ENTROPY = 3.3
"""Bits a character, from which on a long word with letters and digits looks random."""


def looks_secret(name: str, value: str) -> bool:
    """Return whether a value looks secret, by its name, its format or its randomness.

    When in doubt, the answer is yes: an encrypted value can be made plain later, but a plain one
    stays in the history of a repository.
    """
    if is_switch(value):
        return False
    if is_secret(name, value) or _NAME.fullmatch(name) or _USER_IN_ADDRESS.search(value):
        return True
    if "://" in value and (_LONG_ADDRESS_PART.search(value) or _has_secret_parameter(value)):
        return True
    return _is_random(value)


def _has_secret_parameter(address: str) -> bool:
    """Return whether a parameter in an address has the name of a secret, such as ?token=..."""
    return any(
        looks_secret(each["name"].replace("-", "_"), each["value"])
        for each in _PARAMETER.finditer(address)
    )


def _is_random(value: str) -> bool:
    """Return whether a word looks generated: long, with letters and digits, without repetition."""
    if not _WORD.fullmatch(value):
        return False
    has_digits = any(each.isdigit() for each in value)
    has_letters = any(each.isalpha() for each in value)
    if not has_digits or not (has_letters or _HEX.fullmatch(value)):
        return False
    counts = Counter(value).values()
    entropy = -sum(each / len(value) * math.log2(each / len(value)) for each in counts)
    return entropy >= _LEAST_ENTROPY
