"""The base class of all sections, and checks of values that they share."""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from dynostack.environment.catalogue import Offer
from dynostack.environment.diagnostics.finding import problem


class Section(BaseModel):
    """The base class of sections: strict types, and no unknown keys.

    Keys are camelCase in the file and snake_case in Python.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        defer_build=True,
        extra="forbid",
        frozen=True,
        strict=True,
    )


@cache
def keys_of(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the keys of a model as they are in the file."""
    return tuple(field.alias or name for name, field in model.model_fields.items())


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a valid value in words, for the page of all keys."""

    rule: str
    """The rule in words; empty if the value is one of a list of names."""
    codes: tuple[str, ...]
    """The codes of the errors about other values."""


@dataclass(frozen=True, slots=True)
class Check(AfterValidator):
    """A check of a value, with the part of it that JSON Schema can express for editors."""

    schema: Mapping[str, object] = field(compare=False)
    form: Form = field(compare=False)

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, rest: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Add the check to the schema; Pydantic calls this when it generates the schema."""
        return {**rest(core), **self.schema}


ALIKE = 0.7
"""Minimum similarity of a misspelled name and the intended one, from 0 to 1."""

SHORTEST = 2
"""Minimum number of characters of an abbreviation."""

LONGEST_NAME = 300
"""Maximum length of a misspelled name that is compared with known ones."""

LONGEST = 9
"""Maximum number of digits of a number at the end of a name."""


def shortened(text: str) -> str:
    """Return a text shortened for a message, but long enough to search for."""
    return text if len(text) <= 60 else f"{text[:57]}..."


def near(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the known name that is probably meant, or up to three that are equally probable.

    Names that differ only in the number at their end are compared by that number: premium-10 is
    nearer to premium-12 than premium-2.  Without a similar name, return the only one that begins or
    ends with the given name, or that the given name begins with: `1x` means standard-1x, `24`
    heroku-24, and `prod` production.
    """
    if len(name) > LONGEST_NAME:
        return ()
    every = {each.casefold(): each for each in known}
    folded = name.casefold()
    stem, number = _numbered(folded)
    siblings = {each: _numbered(each)[1] for each in every if _numbered(each)[0] == stem}
    ranks: dict[str, float]
    if number is not None and folded not in every and siblings:
        ranks = {each: abs(other - number) for each, other in siblings.items() if other is not None}
    else:
        ranks = _unlikeness(folded, every)
    if ranks:
        return tuple(every[each] for each in ranks if ranks[each] == min(ranks.values()))[:3]
    parts = [spelling for each, spelling in every.items() if _abbreviates(folded, each)]
    return tuple(parts) if len(parts) == 1 else ()


def _unlikeness(name: str, known: Iterable[str]) -> dict[str, float]:
    """Return how much each similar name differs from the given one, from 0 to 1."""
    alike = difflib.SequenceMatcher(b=name)
    ranks = {}
    for each in known:
        alike.set_seq1(each)
        if (likeness := alike.ratio()) >= ALIKE:
            ranks[each] = 1 - likeness
    return ranks


def _numbered(name: str) -> tuple[str, int | None]:
    """Return a name without the number at its end, and that number, such as a plan's size."""
    stem = name.rstrip("0123456789")
    digits = name[len(stem) :]
    return (stem, int(digits)) if 0 < len(digits) <= LONGEST else (name, None)


def _abbreviates(name: str, known: str) -> bool:
    """Return whether a name stands for a known one.

    It does if one begins with the other, if it is the end of the known one after a dash, or if it
    abbreviates each part of it, such as perf-m for performance-m.
    """
    if min(len(name), len(known)) < SHORTEST:
        return False
    if known.startswith(name) or name.startswith(known) or known.endswith(f"-{name}"):
        return True
    parts, whole = name.split("-"), known.split("-")
    return len(parts) == len(whole) > 1 and all(map(_is_short_form, parts, whole))


def _is_short_form(part: str, whole: str) -> bool:
    """Return whether a part begins like the whole one and has its other letters in their order.

    A number has no short form.
    """
    if not part or part[:1] != whole[:1] or part.isdigit():
        return part == whole
    rest = iter(whole)
    return all(letter in rest for letter in part)


def one_of(name: str, known: Iterable[str]) -> str:
    """Return a suggestion of what to write instead of an unknown name."""
    known = list(known)
    meant = near(name, known)
    if len(meant) == 1:
        return meant[0]
    if meant:
        return " or ".join(meant)
    return known[0] if len(known) == 1 else f"one of {', '.join(known)}"


@dataclass(frozen=True, slots=True)
class Choice:
    """Metadata of a Literal: how to report a value that is none of its names."""

    code: str
    kind: str
    title: str
    """What the names are, such as `a pipeline stage`."""

    def problem(self, name: str, names: Sequence[str]) -> PydanticCustomError:
        """Return the error for a name that is none of those of the type."""
        message = f'{self.kind} "{shortened(name)}" is not {self.title}'
        return problem(self.code, message, one_of(name, names), near(name, names))


LONGEST_INVALID = 100
"""Maximum length of an invalid name from which a valid one is derived."""

FEW = 12
"""Maximum number of names to list in a suggestion."""


def unless_offered(meant: Iterable[str], known: Iterable[str]) -> str:
    """Return a suggestion for a name that may be newer than the catalogue."""
    names = " or ".join(map(quoted, meant)) or few_of(known)
    return f"{names}, unless Heroku offers this one"


def few_of(known: Iterable[str]) -> str:
    """Return a suggestion that lists the names, or the first of many."""
    names = list(map(quoted, known))
    return f"one of {', '.join(names if len(names) <= FEW else [*names[:3], '...'])}"


def listed(names: Iterable[str]) -> str:
    """Return names as words, such as `a, b and c`; `nothing` if there are none."""
    *most, last = [*names] or ["nothing"]
    return f"{', '.join(most)} and {last}" if most else last


def quoted(name: str) -> str:
    """Return a name as it is written in YAML, with quotes if it would be a number without them."""
    return f'"{name}"' if re.fullmatch(r"[0-9.]+|.*:.*", name) else name


PRIVATE = ("private-", "shield-")
"""Prefixes of names that exist only inside a Private or Shield Space."""


MALFORMED = "DS215"

_FORM = re.compile(r"[a-z0-9]+([-._][a-z0-9]+)*")
"""The form of all names that Heroku gives to plans, stacks, regions, sizes and versions."""


class RefusalCodes(NamedTuple):
    """The codes of the names that Heroku certainly refuses; empty if there are none."""

    retired: str = ""
    private: str = ""


NEVER_REFUSED = RefusalCodes()


def offered(kind: str, offer: Offer, codes: RefusalCodes = NEVER_REFUSED) -> Check:
    """Return a check that Heroku may have something of this name.

    Heroku may have a name that the catalogue lacks; `rules/offers.py` warns about it.  It certainly
    refuses a name that it retired, one that exists only in a Private Space, and a malformed one.
    """

    def check(name: str) -> str:
        if name in offer.names:
            return name
        if gone := offer.retired.get(name.casefold()):
            message = f'{kind} "{shortened(name)}" was retired on {gone.on}'
            raise problem(codes.retired, message, quoted(gone.instead))
        if codes.private and (name in offer.private or name.startswith(PRIVATE)):
            message = f'{kind} "{shortened(name)}" exists only in a Private Space'
            raise problem(codes.private, message, _outside(name, offer))
        if (alone := name.rpartition(":")[2]) in offer.names:
            message = f'{kind} "{shortened(name)}" has an unneeded prefix'
            raise problem(MALFORMED, message, alone, (alone,))
        if not _FORM.fullmatch(name):
            message = f'{kind} "{shortened(name)}" is not {offer.title}'
            raise problem(MALFORMED, message, one_of(name, offer.names), near(name, offer.names))
        return name

    return Check(check, _schema(offer), Form("", tuple(filter(None, (*codes, MALFORMED)))))


def _outside(name: str, offer: Offer) -> str:
    """Return what to write instead of a name that exists only in a Private Space."""
    size = name.partition("-")[2]
    like = (f"{tier}-{size}" for tier in ("premium", "performance"))
    return next((each for each in like if each in offer.names), few_of(offer.names))


def _schema(offer: Offer) -> dict[str, object]:
    """Return a schema that completes the known names and refuses those that Heroku refuses."""
    other: dict[str, object] = {"pattern": f"^{_FORM.pattern}$"}
    if refused := [*offer.retired, *offer.private]:
        other["not"] = {"enum": refused}
    return {"anyOf": [{"enum": list(offer.names)}, other]}


def written(
    code: str,
    kind: str,
    pattern: str,
    rule: str,
    example: str,
    derived: Callable[[str], str] | None = None,
    *,
    certain: bool = False,
) -> Check:
    """Return a check that a text has the format that Heroku requires.

    Args:
        code: the code of the error.
        kind: the name of the value in the message.
        pattern: the format as a regular expression for the whole text.
        rule: the format in Heroku's words.
        example: what to write instead.
        derived: returns a text that is suggested instead of the example if it has the format.
        certain: whether the derived text is certainly meant, so that `--fix` may write it.
    """
    form = re.compile(pattern)

    def check(text: str) -> str:
        if form.fullmatch(text):
            return text
        message = f'{kind} "{shortened(text)}" is not valid: {rule}'
        meant = derived(text[:LONGEST_INVALID]) if derived else ""
        if meant and form.fullmatch(meant):
            raise problem(code, message, meant, (meant,) if certain else ())
        raise problem(code, message, example)

    return Check(check, {"pattern": f"^(?:{pattern})$"}, Form(rule, (code,)))


def repeated(names: Iterable[str]) -> list[tuple[int, int]]:
    """Return (index, index of the first) for each repeated name, ignoring case."""
    first: dict[str, int] = {}
    again = []
    for index, name in enumerate(names):
        earlier = first.setdefault(name.casefold(), index)
        if earlier != index:
            again.append((index, earlier))
    return again
