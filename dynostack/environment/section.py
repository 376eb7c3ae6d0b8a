"""The base class of all sections, and checks of values that they share."""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

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


def keys_of(model: type[BaseModel]) -> list[str]:
    """Return the keys of a model as they are in the file."""
    return [field.alias or name for name, field in model.model_fields.items()]


@dataclass(frozen=True, slots=True)
class Check(AfterValidator):
    """A check of a value, with the part of it that JSON Schema can express for editors."""

    schema: Mapping[str, object] = field(compare=False)

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, rest: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Add the check to the schema; Pydantic calls this when it generates the schema."""
        return {**rest(core), **self.schema}


ALIKE = 0.7
"""Minimum similarity of a misspelled name and the intended one, from 0 to 1."""


def shortened(text: str) -> str:
    """Return a text shortened for a message, but long enough to search for."""
    return text if len(text) <= 60 else f"{text[:57]}..."


def near(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return up to three known names that may be the intended spelling, most similar first.

    Among equally similar names, those with the nearest number at the end come first.
    """
    if len(name) > LONGEST_NAME:
        return ()
    folded = name.casefold()
    alike = difflib.SequenceMatcher(b=folded)
    found = []
    for index, each in enumerate({each.casefold(): each for each in known}.values()):
        alike.set_seq1(each.casefold())
        if (likeness := alike.ratio()) >= ALIKE:
            distance = abs(_number(each.casefold()) - _number(folded))
            found.append((-likeness, distance, index, each))
    return tuple(each for *_, each in sorted(found)[:3])


def _number(name: str) -> int:
    """Return the number at the end of a name, such as a plan's size."""
    digits = re.search(r"[0-9]{0,9}$", name)
    return int(digits[0] or 0) if digits else 0


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


LONGEST_NAME = 100
"""Maximum length of an invalid name from which a valid one is derived."""

PRIVATE = ("private-", "shield-")
"""Prefixes of names that exist only inside a Private or Shield Space."""


@dataclass(frozen=True)
class OfferCodes:
    """The codes of the errors that a name from the catalogue can have."""

    unknown: str
    retired: str = ""
    private: str = ""


def offered(kind: str, offer: Offer, codes: OfferCodes) -> Check:
    """Return a check that a name is in the catalogue.

    For a name that Heroku retired, the error suggests its successor.
    """

    def check(name: str) -> str:
        if name in offer.names:
            return name
        if (alone := name.rpartition(":")[2]) in offer.names:
            raise problem(
                codes.unknown, f'{kind} "{shortened(name)}" has an unneeded prefix', alone
            )
        if gone := offer.retired.get(name):
            message = f'{kind} "{shortened(name)}" was retired on {gone.on}'
            raise problem(codes.retired, message, gone.instead)
        if name in offer.private or (codes.private and name.startswith(PRIVATE)):
            message = f'{kind} "{shortened(name)}" exists only in a Private Space'
            raise problem(codes.private, message, one_of("", offer.names))
        message = f'{kind} "{shortened(name)}" is not {offer.title}'
        raise problem(codes.unknown, message, one_of(name, offer.names), near(name, offer.names))

    return Check(check, {"enum": list(offer.names)})


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
        meant = derived(text[:LONGEST_NAME]) if derived else ""
        if meant and form.fullmatch(meant):
            raise problem(code, message, meant, (meant,) if certain else ())
        raise problem(code, message, example)

    return Check(check, {"pattern": f"^(?:{pattern})$"})


def repeated(names: Iterable[str]) -> list[tuple[int, int]]:
    """Return (index, index of the first) for each repeated name, ignoring case."""
    first: dict[str, int] = {}
    again = []
    for index, name in enumerate(names):
        earlier = first.setdefault(name.casefold(), index)
        if earlier != index:
            again.append((index, earlier))
    return again
