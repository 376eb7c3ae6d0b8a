"""Checks every answer in the tests against Heroku's schema of the Platform API.

The schema is read from its place beside the project and never stored in it; without it, only
`answers.py` checks answers, as it does for calls of Heroku's clients that the schema does not list.
Where the local Heroku differs on purpose, an entry of `differences.toml` overrides a part of the
schema.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache, reduce
from operator import getitem
from pathlib import Path
from typing import Any
from uuid import UUID

from jsonschema import Draft4Validator, FormatChecker

from tests.ledger.page import DIFFERENCES
from tests.ledger.published import shape

FILE = Path(__file__).parents[3] / "shared/heroku/schema.json"
UTC_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
NO_RULES = ("definitions", "links")
"""Parts of a schema that do not affect validity."""
NOTHING = {"type": "object", "additionalProperties": False}

FORMATS = FormatChecker(("email", "ipv4", "date"))


@FORMATS.checks("date-time")
def _is_time(value: object) -> bool:
    return not isinstance(value, str) or bool(UTC_TIME.fullmatch(value))


@FORMATS.checks("uuid", ValueError)
def _is_uuid(value: object) -> bool:
    return not isinstance(value, str) or str(UUID(value)) == value


@FORMATS.checks("uri")
def _is_reference(value: object) -> bool:
    """Return whether the value may be a URI; the schema has host names among its addresses."""
    return not isinstance(value, str) or not re.search(r"\s", value)


class PublishedSchema:
    """What each published endpoint may answer; it may have several links with different answers."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._root = schema
        self._answers: dict[str, list[Any]] = defaultdict(list)
        for name, definition in self._root["definitions"].items():
            for link in definition.get("links", ()):
                self._answers[shape(f"{link['method']} {link['href']}")].append(_answer(name, link))
        self._validators: dict[str, list[Draft4Validator]] = {}

    def faults(self, route: str, answer: Any) -> list[str]:
        """Return the errors of a route's answer against the schema; none for an unlisted route."""
        call = shape(route)
        if call not in self._validators:
            self._validators[call] = [
                Draft4Validator(self._whole(each), format_checker=FORMATS)
                for each in self._answers.get(call, ())
            ]
        found = [list(_faults(each, answer)) for each in self._validators[call]]
        return min(found, key=len, default=[])

    def _whole(self, part: Any) -> Any:
        """Return the part with its references resolved, strict where the schema is."""
        if isinstance(part, list):
            return [self._whole(each) for each in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            place = part["$ref"].removeprefix("#/").split("/")
            return self._whole(reduce(getitem, place, self._root))
        whole = {name: self._whole(each) for name, each in part.items() if name not in NO_RULES}
        if part.get("strictProperties") is True:
            return {"additionalProperties": False, "required": list(whole["properties"])} | whole
        return whole


def _answer(resource: str, link: Mapping[str, Any]) -> Any:
    """Return the schema of a link's answer; by default that of its relation."""
    own = {"$ref": f"#/definitions/{resource}"}
    usual = {"empty": NOTHING, "instances": {"type": "array", "items": own}}
    return link.get("targetSchema", usual.get(link.get("rel", ""), own))


def _faults(validator: Draft4Validator, answer: Any) -> Iterator[str]:
    for error in validator.iter_errors(answer):
        yield f"{'/'.join(map(str, error.absolute_path))}: {error.message}"


def merged(schema: Any, words: Any) -> Any:
    """Return the schema with some places overridden; lists are extended."""
    if isinstance(schema, dict) and isinstance(words, dict):
        return schema | {name: merged(schema.get(name), each) for name, each in words.items()}
    return schema + words if isinstance(schema, list) else words


def deviations() -> Any:
    """Return the overrides of the schema from the differences that have any."""
    differences = tomllib.loads(DIFFERENCES.read_text(encoding="utf-8"))["difference"]
    words = (each["schema"] for each in differences if "schema" in each)
    return reduce(merged, words, {})


@cache
def published() -> PublishedSchema | None:
    if not FILE.exists():
        return None
    schema = json.loads(FILE.read_text(encoding="utf-8"))
    return PublishedSchema(merged(schema, {"definitions": deviations()}))


def check(route: str, answer: Any) -> None:
    """Fail unless the answer is valid against the schema, if that is available."""
    if schema := published():
        assert schema.faults(route, answer) == [], route
