"""Values of settings: what the text of the code and the app's config vars determine."""

from collections.abc import Callable
from typing import NamedTuple

TRUE = frozenset({"true", "on", "ok", "y", "yes", "t", "1"})
FALSE = frozenset({"false", "off", "n", "no", "f", "0", ""})
"""How django-environ, environs, python-decouple and distutils write booleans."""


class Unclear(Exception):
    """The text does not determine the value."""


class Hidden:
    """A text that is not empty and otherwise unknown, such as a secret."""


HIDDEN = Hidden()


class DatabaseAddress(NamedTuple):
    """What a function such as dj_database_url.config() returns for the address of a database."""

    engine: str
    """The Django backend, or "" if it is unknown."""


SQLITE = "django.db.backends.sqlite3"
POSTGRESQL = "django.db.backends.postgresql"


def text_of(value: object) -> str:
    """Return a text.

    Raises:
        Unclear: if the value is no known text.
    """
    if not isinstance(value, str):
        raise Unclear
    return value


def is_true(value: object) -> bool:
    """Return whether Python takes a value for true.

    Raises:
        Unclear: if that is unknown.
    """
    if isinstance(value, Unclear):
        raise Unclear
    return value is HIDDEN or bool(value)


def boolean(value: object) -> bool:
    """Return a boolean from the text of a config var.

    Raises:
        Unclear: if the value is unknown or written differently.
    """
    if isinstance(value, bool | int):
        return bool(value)
    word = text_of(value).strip().lower()
    if word in TRUE | FALSE:
        return word in TRUE
    raise Unclear


def integer(value: object) -> int:
    """Return a number from the text of a config var.

    Raises:
        Unclear: if the value is unknown or no number.
    """
    if isinstance(value, bool | int):
        return int(value)
    try:
        return int(text_of(value))
    except ValueError:
        raise Unclear from None


def entries(value: object) -> object:
    """Split a text at its commas, as django-environ, environs and python-decouple do."""
    if value is HIDDEN:
        raise Unclear
    if not isinstance(value, str):
        return value
    return [each.strip() for each in value.split(",") if each.strip()]


def total(left: object, right: object) -> object:
    """Return the sum of two texts or two lists.

    Raises:
        Unclear: if they are anything else.
    """
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    if isinstance(left, list) and isinstance(right, list):
        return left + right
    raise Unclear


def contains(item: object, container: object) -> bool:
    """Return whether a container has an item.

    Raises:
        Unclear: if the container is not fully known.
    """
    if isinstance(container, str):
        return text_of(item) in container
    if isinstance(container, list | dict) and item is not HIDDEN:
        if HIDDEN in (list(container) if isinstance(container, dict) else container):
            raise Unclear
        return item in container
    raise Unclear


CASTS: dict[str, Callable[[object], object]] = {
    "bool": boolean,
    "int": integer,
    "str": lambda value: value,
    "list": entries,
    "tuple": entries,
}
"""The name of a type -> how a package for config vars converts a text to it."""


def database(address: object) -> DatabaseAddress:
    """Return the database at an address such as sqlite:///db.sqlite3; None is no address."""
    if address is HIDDEN:
        return DatabaseAddress(POSTGRESQL)
    scheme = address.partition(":")[0] if isinstance(address, str) else ""
    return DatabaseAddress({"sqlite": SQLITE, "postgres": POSTGRESQL}.get(scheme, ""))
