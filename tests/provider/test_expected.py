"""Tests of the description of unexpected responses, which must not repeat values."""

from __future__ import annotations

from typing import Any

import pytest

from dynostack.provider.expected import (
    ADDRESS,
    FLAG,
    NUMBER,
    TEXT,
    Expected,
    each,
    mapping,
    one_of,
    optional,
    record,
)

PERSON = record(id=TEXT, app=record(name=TEXT), age=optional(NUMBER))


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        (TEXT, ""),
        (FLAG, False),
        (NUMBER, -(2**53)),
        (ADDRESS, "https://u:p@s3.example:8443/x?y=z"),
        (one_of("a", "b"), "b"),
        (PERSON, {"id": "1", "app": {"name": "shop"}, "more": [1]}),
        (PERSON, {"id": "1", "app": {"name": "shop"}, "age": None}),
        (each(PERSON), []),
        (mapping(optional(TEXT), "A"), {"A": "1", "B": None}),
    ],
)
def test_as_expected(expected: Expected, value: Any) -> None:
    assert expected.problem(value) is None


@pytest.mark.parametrize(
    ("expected", "value", "problem"),
    [
        (TEXT, None, "it is not a string"),
        (TEXT, "planted\ud800", "it is not a string"),
        (FLAG, 1, "it is not true or false"),
        (NUMBER, True, "it is not a whole number"),
        (NUMBER, 1.5, "it is not a whole number"),
        (NUMBER, 2**53 + 1, "it is not a whole number"),
        (ADDRESS, "file:///planted", "it is not a web address"),
        (ADDRESS, "http://[planted", "it is not a web address"),
        (ADDRESS, "http://planted:99999999", "it is not a web address"),
        (one_of("a", "b"), "planted", "it is not one of a, b"),
        (one_of("a", "b"), {}, "it is not one of a, b"),
        (PERSON, None, "it is not an object with id, app, age"),
        (PERSON, {}, "id is not a string"),
        (PERSON, {"id": "planted", "app": []}, "app is not an object with name"),
        (PERSON, {"id": "1", "app": {"name": ["planted"]}}, "app.name is not a string"),
        (each(PERSON), {}, "it is not a list"),
        (each(PERSON), [{"id": 1}], "[0].id is not a string"),
        (record(all=each(TEXT)), {"all": ["", 1]}, "all[1] is not a string"),
        (mapping(TEXT), [], "it is not a mapping"),
        (mapping(TEXT), {"PLANTED": 1}, "a value of it is not a string"),
        (record(x=mapping(TEXT)), {"x": {"PLANTED": 1}}, "a value of x is not a string"),
        (mapping(TEXT, "PLANTED"), {"A": "1"}, "it lacks a name that the request contains"),
    ],
)
def test_problems(expected: Expected, value: Any, problem: str) -> None:
    assert expected.problem(value) == problem
