"""What all sections of an environment share: strictness, and how a rule says what is wrong."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pydantic import AfterValidator, BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from dynostack.environment.catalogue import Offer
from dynostack.environment.diagnostics.finding import problem


class Section(BaseModel):
    """Keys are camelCase in the file, snake_case in Python; nothing unknown, nothing converted."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        defer_build=True,
        extra="forbid",
        frozen=True,
        strict=True,
    )


def keys_of(model: type[BaseModel]) -> list[str]:
    """Return the keys of a model, as the file names them."""
    return [field.alias or name for name, field in model.model_fields.items()]


@dataclass(frozen=True, slots=True)
class Check(AfterValidator):
    """A check of a value, with what an editor can be told of it in JSON Schema's words."""

    schema: Mapping[str, object] = field(compare=False)

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, rest: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Called by Pydantic where the schema is generated."""
        return {**rest(core), **self.schema}


ALIKE = 0.7
"""How alike a name and what a typo made of it are, from 0 to 1."""


def shortened(text: str) -> str:
    """A text as a message repeats it: enough of it to be found again."""
    return text if len(text) <= 60 else f"{text[:57]}..."


def near(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Up to three known names that a typo may have meant, the nearest first.

    Of names that are equally like it, those with the nearest number at their end come first.
    """
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
    """The number at the end of a name, such as a plan's size."""
    digits = re.search(r"[0-9]{0,9}$", name)
    return int(digits[0] or 0) if digits else 0


def one_of(name: str, known: Iterable[str]) -> str:
    """What to write instead of a name that is not known."""
    known = list(known)
    meant = near(name, known)
    if len(meant) == 1:
        return meant[0]
    if meant:
        return " or ".join(meant)
    return known[0] if len(known) == 1 else f"one of {', '.join(known)}"


PRIVATE = ("private-", "shield-")
"""How names begin that exist only inside a Private or Shield Space."""


@dataclass(frozen=True)
class OfferCodes:
    """The codes of what can be wrong with a name of the catalogue."""

    unknown: str
    retired: str = ""
    private: str = ""


def offered(kind: str, offer: Offer, codes: OfferCodes) -> Check:
    """The name is in the catalogue; one that Heroku retired is told with its successor."""

    def check(name: str) -> str:
        if name in offer.names:
            return name
        if (alone := name.rpartition(":")[2]) in offer.names:
            raise problem(
                codes.unknown, f'{kind} "{shortened(name)}" is more than {offer.title}', alone
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


def written(code: str, kind: str, pattern: str, rule: str, example: str) -> Check:
    """The text has the form that Heroku asks for; `rule` is that form in Heroku's words."""

    def check(text: str) -> str:
        if re.fullmatch(pattern, text):
            return text
        raise problem(code, f'{kind} "{shortened(text)}" does not fit: {rule}', example)

    return Check(check, {"pattern": f"^(?:{pattern})$"})


def repeated(names: Iterable[str]) -> list[tuple[int, int]]:
    """(index, index of the first) of each name that was there before, whatever its case."""
    first: dict[str, int] = {}
    again = []
    for index, name in enumerate(names):
        earlier = first.setdefault(name.casefold(), index)
        if earlier != index:
            again.append((index, earlier))
    return again
