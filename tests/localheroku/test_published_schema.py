"""The check of answers against Heroku's schema finds the errors."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.localheroku.published_schema import PublishedSchema, merged

APP = {"id": "0e1f3a4b-0000-4000-8000-00000000abcd", "made": "2026-11-22T21:48:03Z", "kind": "a"}
SCHEMA = {
    "definitions": {
        "app": {
            "definitions": {"kind": {"enum": ["a", "b"]}},
            "strictProperties": True,
            "type": ["object"],
            "properties": {
                "id": {"format": "uuid", "type": ["string"]},
                "made": {"format": "date-time", "type": ["string"]},
                "kind": {"$ref": "#/definitions/app/definitions/kind"},
            },
            "links": [
                {"method": "GET", "href": "/apps/{(app)}", "rel": "self"},
                {"method": "GET", "href": "/apps", "rel": "instances"},
                {"method": "DELETE", "href": "/apps/{(app)}/cache", "rel": "empty"},
                {"method": "PUT", "href": "/x/{(x)}", "targetSchema": {"type": ["null"]}},
                {"method": "PUT", "href": "/x/{(y)}", "targetSchema": {"type": ["array"]}},
            ],
        }
    }
}


@pytest.mark.parametrize(
    ("route", "answer"),
    [
        ("GET /apps/{app}", APP),
        ("GET /apps", [APP]),
        ("DELETE /apps/{app}/cache", {}),
        ("PUT /x/{y}", None),
        ("PUT /x/{y}", []),
        ("GET /not/in/the/schema", 1),
    ],
)
def test_published_answers_are_valid(route: str, answer: Any) -> None:
    assert PublishedSchema(SCHEMA).faults(route, answer) == []


@pytest.mark.parametrize(
    ("route", "answer", "message"),
    [
        ("GET /apps/{app}", APP | {"color": 1}, "'color' was unexpected"),
        ("GET /apps/{app}", {"id": APP["id"], "kind": "a"}, "'made' is a required property"),
        ("GET /apps/{app}", APP | {"id": APP["id"].upper()}, "id: .* is not a 'uuid'"),
        ("GET /apps/{app}", APP | {"id": "app-1"}, "id: 'app-1' is not a 'uuid'"),
        ("GET /apps/{app}", APP | {"made": "2026-11-22"}, "made: .* is not a 'date-time'"),
        ("GET /apps", [APP | {"kind": "c"}], "0/kind: 'c' is not one of"),
        ("GET /apps", APP, "is not of type 'array'"),
        ("DELETE /apps/{app}/cache", APP, "Additional properties are not allowed"),
        ("PUT /x/{y}", "", "is not of type 'null'"),
    ],
)
def test_invalid_answers_are_reported(route: str, answer: Any, message: str) -> None:
    (fault,) = PublishedSchema(SCHEMA).faults(route, answer)

    assert re.search(message, fault)


def test_a_difference_overrides_the_schema() -> None:
    words = {"app": {"definitions": {"kind": {"enum": ["c"]}}, "properties": {"size": {}}}}
    schema = PublishedSchema(merged(SCHEMA, {"definitions": words}))

    assert schema.faults("GET /apps", [APP | {"kind": "c", "size": 1}]) == []
    assert schema.faults("GET /apps", [APP]) == ["0: 'size' is a required property"]
