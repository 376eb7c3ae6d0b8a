"""What all sections of an environment share: strictness, and how a rule says what is wrong."""

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from config.catalogue import Offer

PROBLEM = "problem"
"""The type of an error that a rule of ours raised, as Pydantic reports it."""


class Section(BaseModel):
    """Keys are camelCase in the file, snake_case in Python; nothing unknown, nothing converted."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        defer_build=True,
        extra="forbid",
        frozen=True,
        strict=True,
    )


def problem(says: str, write: str) -> PydanticCustomError:
    """What a rule raises: what is wrong in Heroku's words, then what to write."""
    context = {"says": says, "write": write}
    return PydanticCustomError(PROBLEM, "{says}", context)


@dataclass(frozen=True)
class Finding:
    """What a rule across keys finds, at a path such as ("collaborators", 0, "permissions")."""

    path: tuple[str | int, ...]
    says: str
    write: str


Rule = Callable[[dict[str, object]], Iterable[Finding]]
"""Looks at the whole file as written, sections name -> value, whatever shape they have."""


def near(name: str, known: Iterable[str], count: int = 3) -> list[str]:
    """Known names that a typo may have meant, the nearest first."""
    by_folded = {each.casefold(): each for each in known}
    found = difflib.get_close_matches(name.casefold(), by_folded, n=count, cutoff=0.7)
    return [by_folded[each] for each in found]


def one_of(name: str, known: Iterable[str]) -> str:
    """What to write instead of a name that is not known."""
    known = list(known)
    meant = near(name, known)
    if len(meant) == 1:
        return meant[0]
    if meant:
        return " or ".join(meant)
    return known[0] if len(known) == 1 else f"one of {', '.join(known)}"


def offered(kind: str, offer: Offer) -> AfterValidator:
    """The name is in the catalogue; one that Heroku retired is told with its successor."""

    def check(name: str) -> str:
        if name in offer.names:
            return name
        if (alone := name.rpartition(":")[2]) in offer.names:
            raise problem(f'{kind} "{name}" is more than {offer.title}', alone)
        if gone := offer.retired.get(name):
            raise problem(f'{kind} "{name}" was retired on {gone.on}', gone.instead)
        if offer.private and name.startswith(offer.private):
            says = f'{kind} "{name}" exists only in a Private Space'
            raise problem(says, one_of("", offer.names))
        raise problem(f'{kind} "{name}" is not {offer.title}', one_of(name, offer.names))

    return AfterValidator(check)


def written(kind: str, pattern: str, rule: str, example: str) -> AfterValidator:
    """The text has the form that Heroku asks for; `rule` is that form in Heroku's words."""

    def check(text: str) -> str:
        if re.fullmatch(pattern, text):
            return text
        raise problem(f'{kind} "{text}" does not fit: {rule}', example)

    return AfterValidator(check)


def repeated(names: Iterable[str]) -> list[tuple[int, int]]:
    """(index, index of the first) of each name that was there before, whatever its case."""
    first: dict[str, int] = {}
    again = []
    for index, name in enumerate(names):
        earlier = first.setdefault(name.casefold(), index)
        if earlier != index:
            again.append((index, earlier))
    return again
