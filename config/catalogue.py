"""What Heroku offers: the data of catalogue.toml, which names a source for each part."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_DATA: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


@dataclass(frozen=True)
class Retirement:
    """When Heroku took something away (a date as ISO text), and what took its place."""

    on: str
    instead: str


@dataclass(frozen=True)
class Offer:
    """The names that may be written for one thing, in the order they are shown."""

    title: str
    names: tuple[str, ...]
    retired: dict[str, Retirement] = field(default_factory=dict)
    private: tuple[str, ...] = ()
    """Beginnings of names that exist only inside a Private Space."""


def _offer(title: str, data: dict[str, Any], names: str) -> Offer:
    retired = {name: Retirement(**entry) for name, entry in data.get("retired", {}).items()}
    return Offer(title, tuple(data[names]), retired, tuple(data.get("private", ())))


STACKS = _offer("a Heroku stack", _DATA["stacks"], "known")
DEFAULT_STACK: str = _DATA["stacks"]["default"]

REGIONS = _offer("a Heroku region", _DATA["regions"], "known")
DEFAULT_REGION: str = _DATA["regions"]["default"]

DYNO_SIZES: dict[str, str] = _DATA["dynos"]["sizes"]
"""The size as a file writes it -> the size as Heroku answers it."""
DYNOS = Offer("a Heroku dyno size", tuple(DYNO_SIZES))

POSTGRES_SERVICE: str = _DATA["postgres"]["service"]
POSTGRES_PLANS = _offer("a Heroku Postgres plan", _DATA["postgres"], "plans")
POSTGRES_VERSIONS = Offer("offered by Heroku Postgres", tuple(_DATA["postgres"]["versions"]))
DEFAULT_POSTGRES_VERSION: str = _DATA["postgres"]["default_version"]

MEMCACHED_PLANS: dict[str, Offer] = {
    service: Offer(f"a {data['title']} plan", tuple(data["plans"]))
    for service, data in _DATA["memcached"].items()
}
MEMCACHED_SERVICES = Offer("a memcached add-on service", tuple(MEMCACHED_PLANS))
