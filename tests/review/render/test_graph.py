from __future__ import annotations

from dataclasses import replace

from dynostack.review.model import Change, Operation, Resource, Review
from dynostack.review.render.graph import MOST_OF_A_GROUP, graph
from tests.review.pages import Page
from tests.review.samples import FULL


def person(number: int) -> Resource:
    kind = "heroku:team/collaborator:Collaborator"
    return Resource(f"urn::{number}", kind, f"p{number}", f"collaborator p{number}@acme.example")


def shown(review: Review, columns: int = 3) -> str:
    picture = graph(review, {"urn::7": "change-1"}, columns)
    page = Page.of(f"<!doctype html><title>x</title><figure>{picture}</figure>")
    return page.text


def test_each_resource_has_its_name_and_operation() -> None:
    text = shown(FULL)
    assert "app acme-shop" in text
    assert all(f"db-{operation}" in text for operation in Operation)
    assert "db-destroy (heroku-postgresql:standard-0): destroyed" in text


def test_a_large_group_is_counted_and_changes_come_first() -> None:
    crowd = replace(
        FULL,
        changes=(Change(person(7), Operation.DESTROY),),
        unchanged=tuple(person(number) for number in range(100, 600)),
    )
    text = shown(crowd)
    assert "p7@acme.example" in text
    assert f"… and {501 - MOST_OF_A_GROUP} more" in text


def test_a_change_links_to_its_description() -> None:
    review = replace(FULL, changes=(Change(person(7), Operation.CREATE),))
    assert 'href="#change-1"' in graph(review, {"urn::7": "change-1"}, columns=1)
