"""Checks every answer in the tests against the shapes in Heroku's published schema.

It is for developers without that schema; `published_schema.py` checks with the schema itself as
well. `answers.json` names the shape of each endpoint's answer, in a list where it is a list, and
describes the shapes: a kind with `?` may be null, `a|b` is one of these words, {"?": true} marks an
object that may be null, {"...": "plan"} one that may be a whole plan instead, and a field whose
name starts with `?` may be missing. A region's provider region is any string, as the published list
is older than London and Montreal. A role may be viewer, which is newer than the schema, too:
https://devcenter.heroku.com/articles/org-users-access.

`data_answers.json` is the same for the data API, as the Heroku CLI reads its answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from localheroku.api.endpoint import Endpoint


def _known(*names: str) -> dict[str, Any]:
    files = [json.loads(Path(__file__).with_name(name).read_text()) for name in names]
    parts = ("answers", "shapes")
    return {part: {k: v for file in files for k, v in file[part].items()} for part in parts}


KNOWN = _known("answers.json", "data_answers.json")

UTC_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def shape_of(endpoint: Endpoint) -> Any:
    return KNOWN["answers"][f"{endpoint.method} /{'/'.join(endpoint.segments)}"]


def check(endpoint: Endpoint, answer: Any) -> None:
    """Fail unless the answer has the shape of the endpoint."""
    shape = shape_of(endpoint)
    if shape is None:
        assert answer == {}
    elif shape == "map":
        assert all(isinstance(value, str) for value in answer.values())
    elif isinstance(shape, list):
        for item in answer:
            _check_object(shape[0], KNOWN["shapes"][shape[0]], item)
    else:
        _check_object(shape, KNOWN["shapes"][shape], answer)


def check_error(answer: Mapping[str, Any]) -> None:
    assert answer.keys() - {"resource"} == {"id", "message", "url"}
    assert all(isinstance(value, str) and value for value in answer.values())


def _check_object(where: str, shape: Mapping[str, Any], value: Any) -> None:
    assert isinstance(value, dict), f"{where} is {value!r}"
    shape = dict(shape)
    whole = shape.pop("...", None)
    if whole and len(value) > len(shape):
        shape = KNOWN["shapes"][whole]
    optional = {name[1:]: kind for name, kind in shape.items() if name[0] == "?" and name[1:]}
    required = {name: kind for name, kind in shape.items() if name[0] != "?"}
    assert required.keys() <= value.keys(), f"{where}: {sorted(required.keys() - value.keys())}"
    for name, held in value.items():
        assert name in required or name in optional, f"{where}: {name}"
        _check(f"{where}.{name}", required.get(name) or optional[name], held)


def _check(where: str, shape: Any, value: Any) -> None:
    if isinstance(shape, dict):
        if value is not None or "?" not in shape:
            _check_object(where, shape, value)
    elif isinstance(shape, list):
        if value is None and shape[0] == "?":
            return
        assert isinstance(value, list), f"{where} is {value!r}"
        for item in value:
            _check(f"{where}[]", shape[-1], item)
    else:
        assert _fits(shape, value), f"{where} should be {shape}, is {value!r}"


def _fits(kind: str, value: Any) -> bool:
    if kind.endswith("?") and value is None:
        return True
    match kind.removesuffix("?"):
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "object":
            return isinstance(value, dict)
        case "uuid":
            return isinstance(value, str) and str(UUID(value)) == value
        case "date-time":
            return bool(UTC_TIME.fullmatch(value)) and bool(datetime.fromisoformat(value))
        case words:
            return value in words.split("|")
