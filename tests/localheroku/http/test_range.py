"""Pages of lists."""

from __future__ import annotations

from typing import Any

import pytest

from localheroku.core.errors import ApiError
from localheroku.http.range import DEFAULT_SIZE, LARGEST_SIZE, page, parse

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
        # As the Heroku CLI writes it.
        ("version ..; max=2;", [1, 2]),
    ],
)
def test_a_range_orders_and_cuts(header: str | None, expected: list[int]) -> None:
    assert versions(header) == expected


def followed(items: list[dict[str, Any]], header: str) -> list[list[dict[str, Any]]]:
    """Return the items of each page, up to the one that names no other."""
    pages: list[list[dict[str, Any]]] = []
    following: str | None = header
    while following:
        part = page(items, parse(following, PATHS), PATHS)
        pages.append(part.items)
        following = part.headers.get("Next-Range")
        assert part.partial == (following is not None)
    return pages


@pytest.mark.parametrize("order", ["", ",order=desc"])
def test_following_next_range_sees_every_item_once(order: str) -> None:
    pages = followed(ITEMS, f"version ..; max=1{order}")

    assert [[item["version"] for item in items] for items in pages] == (
        [[10], [2], [1]] if order else [[1], [2], [10]]
    )


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7])
@pytest.mark.parametrize("order", ["", ",order=desc"])
@pytest.mark.parametrize("span", ["..", "2..2"])
def test_items_with_equal_keys_are_listed_once(size: int, order: str, span: str) -> None:
    items = [{"version": 1 + n // 5, "id": f"{n * 7 % 10}"} for n in range(10)]

    pages = followed(items, f"version {span}; max={size}{order}")

    seen = [item["id"] for part in pages for item in part]
    fit = [item for item in items if span != "2..2" or item["version"] == 2]
    assert sorted(seen) == sorted(str(item["id"]) for item in fit)
    assert [len(part) for part in pages[:-1]] == [size] * (len(pages) - 1)


def test_next_range_has_an_id_only_where_the_order_needs_it() -> None:
    items = [{"version": version, "id": identity} for version, identity in ((1, "b"), (1, "a"))]
    request = parse("version ..; max=1", PATHS)

    assert page(items, request, PATHS).headers["Next-Range"] == "version ]1,b..; max=1"
    assert page(ITEMS, request, PATHS).headers["Next-Range"] == "version ]1..; max=1"


@pytest.mark.parametrize(("order", "newest"), [("", "a"), (",order=desc", "c")])
def test_equal_items_are_in_the_order_of_the_list(order: str, newest: str) -> None:
    items = [{"version": 1, "id": identity} for identity in "abc"]

    (first, *_), *_ = followed(items, f"version ..; max=1{order}")

    assert first["id"] == newest


@pytest.mark.parametrize("order", ["", "; order=desc"])
def test_no_item_is_lost_when_the_last_one_of_a_page_is_removed(order: str) -> None:
    items = [{"version": 1, "id": identity} for identity in "ac"]

    part = page(items, parse(f"version ]1,b..{order}", PATHS), PATHS)

    assert len(part.items) == 2


def test_a_field_may_sort_by_the_value_of_another() -> None:
    paths = ("made as started", "id")
    items = [{"made": made, "id": str(made)} for made in (2, 1)]

    part = page(items, parse("started ..; max=1", paths), paths)

    assert [item["made"] for item in part.items] == [1]
    assert part.headers["Accept-Ranges"] == "started, id"
    assert part.headers["Next-Range"] == "started ]1..; max=1"


def test_a_page_has_a_size() -> None:
    assert parse(None, PATHS).size == DEFAULT_SIZE
    assert parse("version ..; max=5000", PATHS).size == LARGEST_SIZE


@pytest.mark.parametrize(
    "header",
    [
        "name ..",
        "bytes=0-1",
        "version ..; max=few",
        "version ..; max=0",
        "version ..; order=up",
        "",
    ],
)
def test_an_invalid_range_of_the_list_is_rejected(header: str) -> None:
    with pytest.raises(ApiError) as caught:
        parse(header, PATHS)

    assert caught.value.status == 416
    assert "version" in str(caught.value)
    assert caught.value.headers() == {"Accept-Ranges": "version, email"}
