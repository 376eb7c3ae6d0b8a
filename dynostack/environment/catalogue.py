"""Heroku's catalogue: names, limits, prices and end dates, from the data of `heroku_catalogue`.

Money is in US cents a month, storage and memory in megabytes.  None means that no source gives the
figure.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from heroku_catalogue.tables import Row, Table, table


class Retirement(NamedTuple):
    """The date (ISO text) on which Heroku retired something, and its successor."""

    on: str
    instead: str


@dataclass(frozen=True)
class Offer:
    """The names that a value can have, in the order in which they are shown."""

    title: str
    names: tuple[str, ...]
    retired: dict[str, Retirement] = field(default_factory=dict)
    private: tuple[str, ...] = ()
    """Names that exist only inside a Private Space.  `names` does not include them."""
    fir: tuple[str, ...] = ()
    """Names of the Fir generation, which dynostack does not declare.  `names` lacks them too."""


class Service(NamedTuple):
    """An add-on service."""

    name: str
    title: str
    sets: tuple[str, ...]
    """The config vars that the service's first add-on on an app sets."""
    topic: str
    is_partial: bool = False
    """Whether the catalogue has only some of the service's plans, so that others are no finding."""

    @property
    def plans(self) -> Table:
        """Each plan's figures, by its name."""
        return table(self.topic, f"{self.name}-plan")

    @property
    def retired(self) -> dict[str, Retirement]:
        """Each retired plan's retirement, by the plan's name."""
        return _retirements(table(self.topic, f"retired-{self.name}-plan"))


def _offer(title: str, known: Table, retired: Table | None = None) -> Offer:
    known = {name: known[name] for name in sorted(known, key=_place_of_tier(known))}
    everywhere = [name for name, row in known.items() if not row.get("private")]
    return Offer(
        title,
        names=tuple(name for name in everywhere if not _is_fir(known[name])),
        retired=_retirements(retired or {}),
        private=tuple(name for name, row in known.items() if row.get("private")),
        fir=tuple(name for name in everywhere if _is_fir(known[name])),
    )


def _place_of_tier(known: Table) -> Callable[[str], int]:
    """Return the sort key that moves each name behind the others of its tier."""
    tiers = [name.partition("-")[0] for name in known]
    return lambda name: tiers.index(name.partition("-")[0])


def _is_fir(row: Row) -> bool:
    return row.get("generation") == "fir"


def _retirements(rows: Table) -> dict[str, Retirement]:
    return {name: Retirement(f"{row['on']}", row["instead"]) for name, row in rows.items()}


def _default(known: Table) -> str:
    return next(name for name, row in known.items() if row.get("default"))


def _services(topic: str) -> Iterable[Service]:
    for name, row in table(topic, "service").items():
        sets, is_partial = tuple(row.get("sets", ())), row.get("partial", False)
        yield Service(name, row["title"], sets, topic, is_partial)


STACKS = _offer("a Heroku stack", table("stacks", "stack"), table("stacks", "retired-stack"))
DEFAULT_STACK = _default(table("stacks", "stack"))

REGIONS = _offer("a Heroku region", table("regions", "region"))
DEFAULT_REGION = _default(table("regions", "region"))

DYNO_SIZES: dict[str, str] = {
    size: row["answered_as"] for size, row in table("dynos", "size").items() if "answered_as" in row
}
"""Dyno size in a file -> the size as Heroku returns it."""
DYNOS = _offer("a Heroku dyno size", table("dynos", "size"), table("dynos", "retired-size"))

FEATURES = _offer("a feature of an app", table("features", "feature"))

POSTGRES_SERVICE = "heroku-postgresql"
_POSTGRES = table("postgres", f"{POSTGRES_SERVICE}-plan")
POSTGRES_PLANS = _offer(
    "a Heroku Postgres plan", _POSTGRES, table("postgres", f"retired-{POSTGRES_SERVICE}-plan")
)
POSTGRES_VERSIONS = _offer(
    "offered by Heroku Postgres",
    table("postgres", "version"),
    table("postgres", "retired-version"),
)
DEFAULT_POSTGRES_VERSION = _default(table("postgres", "version"))

MEMCACHED_PLANS: dict[str, Offer] = {
    each.name: _offer(f"a {each.title} plan", each.plans) for each in _services("memcached")
}
MEMCACHED_SERVICES = Offer("a memcached add-on service", tuple(MEMCACHED_PLANS))
DEFAULT_MEMCACHED_SERVICE = _default(table("memcached", "service"))


@cache
def services() -> tuple[Service, ...]:
    """Return every add-on service of the catalogue."""
    topics = ("postgres", "memcached", "key-value", "addons")
    return tuple(each for topic in topics for each in _services(topic))


@cache
def services_by_name() -> Mapping[str, Service]:
    """Return every add-on service of the catalogue by its name."""
    return {each.name: each for each in services()}


def plans(service: str) -> Table:
    """Return a service's plans and their figures, or {} if the catalogue does not list it."""
    known = services_by_name().get(service)
    return known.plans if known else {}


def config_vars_set_by(service: str) -> tuple[str, ...]:
    """Return the config vars that the first add-on of a service sets on its app."""
    known = services_by_name().get(service)
    return known.sets if known else ()


def monthly_price(service: str, plan: str) -> int | None:
    """Return the price of an add-on's plan in cents a month."""
    return plans(service).get(plan, {}).get("monthly_cents")


def dollars(cents: int) -> str:
    """Return an amount as text, such as `$9` or `$5.50`."""
    return f"${cents / 100:,.2f}".removesuffix(".00")


def price_text(cents: int | None) -> str:
    """Return a price in cents a month as people read it, such as `$9 a month`."""
    if cents is None:
        return "price unknown"
    return f"{dollars(cents)} a month" if cents else "free"


def connection_limit(plan: str) -> int | None:
    """Return how many simultaneous connections a Heroku Postgres plan allows."""
    return _POSTGRES.get(plan, {}).get("connections")


def storage(plan: str) -> int | None:
    """Return the storage of a Heroku Postgres plan in megabytes."""
    return _POSTGRES.get(plan, {}).get("megabytes")


def has_high_availability(plan: str) -> bool | None:
    """Return whether a standby takes over if a database of a Heroku Postgres plan fails."""
    return _POSTGRES.get(plan, {}).get("high_availability")


def rollback_days(plan: str) -> int | None:
    """Return how many days back a database can be restored to any moment; 0 means never."""
    return _POSTGRES.get(plan, {}).get("rollback_days")


def answered_size(size: str) -> str:
    """Return a dyno size as Heroku returns it: Standard-1X.

    A size that the catalogue lacks is written like the others; those of Fir have no capitals.
    """
    if size in DYNO_SIZES or _is_fir(_dyno(size)):
        return DYNO_SIZES.get(size, size)
    first, *rest = size.split("-")
    return "-".join([first.capitalize(), *map(str.upper, rest)])


def dyno_price(size: str) -> int | None:
    """Return the price of one dyno in cents a month; for eco, of all eco dynos of an account."""
    return _dyno(size).get("monthly_cents")


def dyno_tier(size: str) -> str | None:
    """Return the tier of a dyno size.  All dynos of an app have the same tier."""
    return _dyno(size).get("tier")


def most_dynos(size: str) -> int | None:
    """Return the maximum number of dynos of this size per process type."""
    return _dyno(size).get("most_per_process")


def web_concurrency(size: str) -> int | None:
    """Return how many processes a web server starts if WEB_CONCURRENCY is not set."""
    return _dyno(size).get("web_concurrency")


def _dyno(size: str) -> Row:
    return table("dynos", "size").get(size, {})


def end_of_life(stack: str) -> date | None:
    """Return the last day on which Heroku supports a stack."""
    return _last_day(table("stacks", "stack").get(stack, {}).get("end_of_life"))


def failing_builds(stack: str) -> list[tuple[date, int]]:
    """Return (day, number of days): from that day on, the first build in so many days fails."""
    written = table("stacks", "stack").get(stack, {}).get("failing_builds", ())
    pairs = (each.split("/") for each in written)
    return [(date.fromisoformat(day), int(days)) for day, days in pairs]


def postgres_end_of_life(version: str) -> date | None:
    """Return the last day on which Heroku Postgres supports a major version."""
    return _last_day(table("postgres", "version").get(version, {}).get("end_of_life"))


def limit(thing: str, unit: str = "most") -> int:
    """Return a limit of an app, such as ("config-vars", "bytes")."""
    value: int = table("limits", "limit")[thing][unit]
    return value


def _last_day(written: str | None) -> date | None:
    """Return the last day of a month such as 2027-04 or a quarter such as 2026-Q3.

    Heroku announces no exact dates.
    """
    if written is None:
        return None
    year, _, part = written.partition("-")
    month = 3 * int(part[1]) if part.startswith("Q") else int(part)
    return date(int(year) + month // 12, month % 12 + 1, 1) - timedelta(days=1)
