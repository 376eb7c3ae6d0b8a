"""The catalogue's data in the Platform API.

https://devcenter.heroku.com/articles/platform-api-reference
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from dynostack.catalogue.errors import CatalogueError
from dynostack.inventory.keys import HEROKU
from dynostack.inventory.platform_api import ApiError, ApiRefusal, PlatformApi

Rows = dict[str, dict[str, Any]]
"""Name -> figures, as in the data files."""


@dataclass(frozen=True)
class Question:
    """One list of the API, and its place in the catalogue."""

    path: str
    topic: str
    kind: str
    rows: Callable[[Iterable[Mapping[str, Any]]], Rows]


@dataclass(frozen=True)
class Answer:
    """Heroku's answer to a question; `rows` is None for a service that Heroku does not have."""

    question: Question
    url: str
    rows: Rows | None


def questions(services: Mapping[str, str]) -> list[Question]:
    """Return the lists to request.

    Args:
        services: add-on service -> topic of the catalogue.
    """
    plans = (
        Question(f"/addon-services/{name}/plans", topic, f"{name}-plan", _plans)
        for name, topic in services.items()
    )
    return [*plans, *LISTS]


def ask(url: str, key: str, wanted: Iterable[Question]) -> list[Answer]:
    """Request lists from the API at this address.

    Raises:
        CatalogueError: the API cannot be reached, refuses the key, or is not Heroku's.
    """
    if urlsplit(url).scheme not in {"http", "https"} or "@" in url:
        # The message does not repeat the address, which may contain a password.
        raise CatalogueError(
            f"HEROKU_API_URL is not a valid address; set it to one such as {HEROKU}"
        )
    api = PlatformApi(url.rstrip("/"), key)
    with ThreadPoolExecutor() as pool:
        return list(pool.map(partial(_answer, api), wanted))


def _answer(api: PlatformApi, question: Question) -> Answer:
    address = f"{api.url}{question.path}"
    try:
        return Answer(question, address, question.rows(api.listing(question.path)))
    except ApiRefusal as refusal:
        if refusal.status == 404:
            return Answer(question, address, None)
        raise CatalogueError(_refusal(refusal, address)) from None
    except ApiError as error:
        raise CatalogueError(str(error)) from None
    except (KeyError, TypeError):
        raise CatalogueError(f"the response from {address} is not from Heroku's API") from None


def _refusal(refusal: ApiRefusal, address: str) -> str:
    if refusal.status == 401:
        return (
            f"{address} refuses the key in HEROKU_API_KEY; set it to a key that"
            " `heroku auth:token` prints"
        )
    return f"{address} answers {refusal.status}: {refusal}"


def _plans(listed: Iterable[Mapping[str, Any]]) -> Rows:
    """Return the plans that anyone can order; a price that a contract sets is left out."""
    return {plan["name"].partition(":")[2]: _plan(plan) for plan in listed if plan["visible"]}


def _plan(plan: Mapping[str, Any]) -> dict[str, Any]:
    price = plan["price"]
    figures = {"private": not plan["installable_outside_private_network"]}
    if not price["contract"] and price["unit"] == "month":
        figures["monthly_cents"] = price["cents"]
    return figures


def _stacks(listed: Iterable[Mapping[str, Any]]) -> Rows:
    return {each["name"]: {"default": each["default"]} for each in listed}


def _regions(listed: Iterable[Mapping[str, Any]]) -> Rows:
    return {each["name"]: {"private": each["private_capable"]} for each in listed}


def _dyno_sizes(listed: Iterable[Mapping[str, Any]]) -> Rows:
    return {each["name"].lower(): _dyno_size(each) for each in listed}


def _dyno_size(size: Mapping[str, Any]) -> dict[str, Any]:
    figures = {
        "answered_as": size["name"],
        "memory_megabytes": round(size["memory"] * 1024),
        "private": size["private_space_only"],
    }
    if size["cost"] and size["cost"]["unit"] == "month":
        figures["monthly_cents"] = size["cost"]["cents"]
    return figures


LISTS = (
    Question("/stacks", "stacks", "stack", _stacks),
    Question("/regions", "regions", "region", _regions),
    Question("/dyno-sizes", "dynos", "size", _dyno_sizes),
)
