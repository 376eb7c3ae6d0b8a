"""Keys of a file for things that have none on Heroku."""

from __future__ import annotations

import re


def key_of(text: str, otherwise: str) -> str:
    """Return the nearest valid key to a text.

    Args:
        text: a name on Heroku, such as an attachment's or a host's.
        otherwise: the key for a text that has no letter.
    """
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return re.sub(r"^[^a-z]+", "", words) or otherwise


def unique(key: str, taken: set[str]) -> str:
    """Return a key with a number after it if it is taken, and take it."""
    number, found = 1, key
    while found in taken:
        number += 1
        found = f"{key}-{number}"
    taken.add(found)
    return found
