"""Ids in recordings: stored as labels, read as UUIDs like Heroku's.

The same resource has a different id in each world, so a recording stores
`id(heroku:app/app:App::app)` in place of its UUID. This way an event of a resource that does not
change has the same text in every case of a base.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from dynostack.review.redaction import UNKNOWN_MARKS

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_LABEL = re.compile(r"\bid\([A-Za-z0-9_.@:/*-]+\)")
_NOT_OF_A_LABEL = re.compile(r"[^A-Za-z0-9_.@:/*-]")
_OWN_ID = "|id"
"""The end of the place of a resource's own id."""


class Labels:
    """The label of each UUID in some documents of the engine.

    The label of a resource's id is its type and name; any other id's label is the place where it
    first appears, such as `heroku:build/build:Build::build.outputs.slugId`.
    """

    def __init__(self, *documents: Any) -> None:
        self._labels: dict[str, str] = {}
        self._named: Counter[str] = Counter()
        places = [*_places(documents)]
        own = [each for each in places if each[1].endswith(_OWN_ID) and UUID.fullmatch(each[0])]
        for text, place in (*own, *places):
            for uuid in UUID.findall(text):
                self._add(uuid, place.removesuffix(_OWN_ID))

    def within(self, document: Any) -> Any:
        """Replace UUIDs in a document with labels."""
        text = UUID.sub(lambda uuid: self._labels.get(uuid[0], uuid[0]), json.dumps(document))
        return json.loads(text)

    def _add(self, uuid: str, name: str) -> None:
        if uuid in self._labels or uuid in UNKNOWN_MARKS:
            return
        label = _NOT_OF_A_LABEL.sub("-", name.removeprefix("."))
        self._named[label] += 1
        nth = f".{self._named[label]}" if self._named[label] > 1 else ""
        self._labels[uuid] = f"id({label}{nth})"


class Numbers:
    """A UUID for each label, numbered in order of appearance."""

    def __init__(self) -> None:
        self._uuids: dict[str, str] = {}

    def within(self, document: Any) -> Any:
        """Replace labels in a document with UUIDs."""
        return json.loads(_LABEL.sub(self._uuid, json.dumps(document)))

    def _uuid(self, label: re.Match[str]) -> str:
        number = len(self._uuids) + 1
        return self._uuids.setdefault(label[0], f"00000000-0000-4000-8000-{number:012}")


def end_of(urn: str) -> str:
    """Return the type and the name at the end of a URN."""
    path, _, name = urn.partition("::")[2].partition("::")[2].partition("::")
    return f"{path.rpartition('$')[2]}::{name}"


def _places(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield each string in a value with its place: the end of a URN, then keys."""
    if isinstance(value, dict):
        if isinstance(value.get("urn"), str):
            place = end_of(value["urn"])
        for key, each in value.items():
            below = end_of(key) if key.startswith("urn:") else f"{place}.{key}"
            if key == "id" and "urn" in value:
                below = f"{place}{_OWN_ID}"
            yield key, below
            yield from _places(each, below)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _places(each, place)
    elif isinstance(value, str):
        yield value, place
