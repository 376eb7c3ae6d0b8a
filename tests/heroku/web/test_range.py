"""Pages of lists."""

from __future__ import annotations

from typing import Any

import pytest

from dynostack.heroku.errors import ApiError
from dynostack.heroku.web.range import LARGEST_PAGE, PAGE, page, parse

PATHS = ("version", "user.email")
ITEMS: list[dict[str, Any]] = [
    {"version": number, "user": {"email": f"{letter}@acme.example"}}
    for number, letter in ((2, "c"), (10, "a"), (1, "b"))
]


def versions(header: str | None) -> list[int]:
    return [item["version"] for item in page(ITEMS, parse(header, PATHS), PATHS).items]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, [1, 2, 10]),
        ("version", [1, 2, 10]),
        ("version ..", [1, 2, 10]),
        ("version ..; max=1,order=desc", [10]),
        ("version ..; order=desc, max=2", [10, 2]),
        ("version 2..", [2, 10]),
        ("version ]2..", [10]),
        ("version ..2", [1, 2]),
        ("version ]1..2; max=200", [2]),
        ("version 2..; order=desc", [2, 1]),
        ("version ]2..; order=desc", [1]),
        ("email ..; max=1000", [10, 1, 2]),
        ("email ]a@acme.example..; max=1", [1]),
        ("version ..; max=0", []),
        # The Heroku CLI's way to write it.
        ("version ..; max=2;", [1, 2]),
    ],
)
def test_a_range_orders_and_cuts(header: str | None, expected: list[int]) -> None:
    assert versions(header) == expected


@pytest.mark.parametrize("order", ["", ",order=desc"])
def test_following_next_range_sees_every_item_once(order: str) -> None:
    header: str | None = f"version ..; max=1{order}"
    seen: list[int] = []
    while header:
        part = page(ITEMS, parse(header, PATHS), PATHS)
        seen += [item["version"] for item in part.items]
        header = part.headers.get("Next-Range")
        assert part.partial == (header is not None)

    assert seen == ([10, 2, 1] if order else [1, 2, 10])


def test_a_page_has_a_size() -> None:
    assert parse(None, PATHS).size == PAGE
    assert parse("version ..; max=5000", PATHS).size == LARGEST_PAGE


@pytest.mark.parametrize(
    "header", ["name ..", "bytes=0-1", "version ..; max=few", "version ..; order=up", ""]
)
def test_what_is_no_range_of_this_list_is_refused(header: str) -> None:
    with pytest.raises(ApiError) as caught:
        parse(header, PATHS)

    assert caught.value.status == 416
    assert "version" in str(caught.value)
