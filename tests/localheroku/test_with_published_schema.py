"""The ledger lists what Heroku's schema does; `conftest.py` skips this without the schema."""

from __future__ import annotations

import json
from typing import Any

from tests.ledger.published import links, shape
from tests.localheroku import published_schema

SCHEMA = json.loads(published_schema.FILE.read_text(encoding="utf-8"))["definitions"]


def test_the_ledger_lists_every_published_link() -> None:
    published = [
        (name, link["title"], shape(f"{link['method']} {link['href']}"), sorted(_fields(link)))
        for name, definition in SCHEMA.items()
        for link in definition.get("links", ())
    ]

    listed = [
        (each.resource, each.title, shape(each.route), sorted(each.takes)) for each in links()
    ]
    assert sorted(listed) == sorted(published)


def _fields(link: dict[str, Any]) -> set[str]:
    """Return the fields of the link's body."""
    schema = link.get("schema", {})
    if "$ref" in schema:
        _, _, resource, _, name = schema["$ref"].split("/")
        schema = SCHEMA[resource]["definitions"][name]
    return set(schema.get("properties", ()))
