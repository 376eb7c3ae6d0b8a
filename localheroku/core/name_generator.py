"""Names that Heroku generates when none is given."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from pathlib import Path

# Colors: https://devcenter.heroku.com/articles/heroku-postgresql#add-another-database
WORDS: dict[str, list[str]] = {
    kind: words.split()
    for kind, words in json.loads(
        Path(__file__).with_name("catalogue").joinpath("names.json").read_text()
    ).items()
}


def app_name(is_taken: Callable[[str], bool]) -> str:
    """Return a name such as quiet-harbor-48213."""
    return _free_name(lambda: f"{_word('adjectives')}-{_word('nouns')}-{_digits()}", is_taken)


def addon_name(stem: str, is_taken: Callable[[str], bool]) -> str:
    """Return a name such as postgresql-misty-48213."""
    return _free_name(lambda: f"{stem}-{_word('adjectives')}-{_digits()}", is_taken)


def colored(stem: str, is_taken: Callable[[str], bool]) -> str:
    """Return a name such as HEROKU_POSTGRESQL_JADE."""
    return _free_name(
        lambda: f"{stem}_{_word('colors')}", is_taken, exhausted=f"{stem}_{_digits()}"
    )


def _free_name(
    make: Callable[[], str], is_taken: Callable[[str], bool], exhausted: str | None = None
) -> str:
    for _ in range(200):
        name = make()
        if not is_taken(name):
            return name
    return exhausted or f"{make()}{_digits()}"


def _word(kind: str) -> str:
    return secrets.choice(WORDS[kind])


def _digits() -> str:
    return str(10000 + secrets.randbelow(90000))
