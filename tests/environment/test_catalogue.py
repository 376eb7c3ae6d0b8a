"""Every figure of the catalogue has exactly one source."""

import tomllib
from collections import Counter
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from dynostack.environment import catalogue
from heroku_catalogue import tables
from heroku_catalogue.sources import Figure, figures
from heroku_catalogue.tables import TOPICS

FIGURES = [figure for topic in TOPICS for figure in figures(topic)]
WORDS = {
    "answered_as": str,
    "bytes": int,
    "characters": int,
    "connections": int,
    "default": bool,
    "deprecated": date,
    "end_of_life": str,
    "failing_builds": list,
    "flat": bool,
    "generation": str,
    "high_availability": bool,
    "instead": str,
    "megabytes": int,
    "memory_megabytes": int,
    "monthly_cents": int,
    "most": int,
    "most_per_process": int,
    "new": bool,
    "on": date,
    "partial": bool,
    "private": bool,
    "rollback_days": int,
    "sets": list,
    "since": date,
    "tables": int,
    "tier": str,
    "title": str,
    "web_concurrency": int,
    "vcpus": int,
}
"""Every key of the data files and its type, so that a typo is not taken for a new figure."""


def test_every_file_is_read() -> None:
    assert {path.stem for path in tables.FOLDER.glob("*.toml")} == set(TOPICS)


@pytest.mark.parametrize("topic", TOPICS)
def test_every_entry_is_inside_a_source(topic: str) -> None:
    assert set(tomllib.loads(_text(topic))) == {"source"}


@pytest.mark.parametrize("topic", TOPICS)
def test_every_source_is_public_and_has_the_day_it_was_looked_up(topic: str) -> None:
    for source in {figure.source for figure in figures(topic)}:
        address = urlsplit(source.url)
        assert source.title
        assert address.scheme == "https"
        assert address.hostname not in {None, "localhost", "127.0.0.1"}
        assert date(2026, 11, 22) <= source.looked_up <= date.today()  # noqa: DTZ011


@pytest.mark.parametrize("topic", TOPICS)
def test_every_number_of_a_file_is_a_figure_with_a_source(topic: str) -> None:
    """Count the numbers in the text itself, so that none is lost when the file is read."""
    rows = [line for line in _text(topic).splitlines() if line.endswith("}")]
    written = sum(len(tomllib.loads(row)[next(iter(tomllib.loads(row)))]) for row in rows)
    known = [figure for figure in FIGURES if figure.topic == topic and figure.name]
    assert len(known) == written
    assert all(figure.source.url for figure in known)


def test_no_figure_is_listed_twice() -> None:
    said = Counter((each.topic, each.kind, each.row, each.name) for each in FIGURES if each.name)
    assert [figure for figure, times in said.items() if times > 1] == []


@pytest.mark.parametrize("figure", FIGURES, ids=lambda each: f"{each.kind}.{each.row}.{each.name}")
def test_a_figure_has_a_known_kind(figure: Figure) -> None:
    if figure.name:
        assert type(figure.value) is WORDS[figure.name]
    if type(figure.value) is int:
        assert figure.value >= 0


def _text(topic: str) -> str:
    return Path(tables.FOLDER, f"{topic}.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("plan", "connections", "megabytes", "available", "days"),
    [
        ("essential-2", 40, 32 * 1024, False, 0),
        ("standard-0", 120, 64 * 1024, False, 4),
        ("premium-9", 500, 4 * 1024 * 1024, True, 7),
        ("shield-0", 120, 64 * 1024, True, 7),
        ("standard-1", None, None, None, None),
    ],
)
def test_limits_of_a_database(
    plan: str, connections: int, megabytes: int, available: bool, days: int
) -> None:
    assert catalogue.connection_limit(plan) == connections
    assert catalogue.storage(plan) == megabytes
    assert catalogue.has_high_availability(plan) is available
    assert catalogue.rollback_days(plan) == days


@pytest.mark.parametrize(
    ("service", "plan", "cents"),
    [
        ("heroku-postgresql", "standard-0", 5000),
        ("heroku-postgresql", "private-2", None),
        ("heroku-redis", "premium-14", 1_250_000),
        ("memcachier", "dev", 0),
        ("memcachier", "100", None),
        ("papertrail", "choklad", None),
        ("no-such-service", "dev", None),
    ],
)
def test_a_price_without_a_source_is_none(service: str, plan: str, cents: int | None) -> None:
    assert catalogue.monthly_price(service, plan) == cents


def test_limits_of_a_dyno_size() -> None:
    assert {size: catalogue.most_dynos(size) for size in ("eco", "basic", "standard-1x")} == {
        "eco": 1,
        "basic": 1,
        "standard-1x": None,
    }
    assert {catalogue.dyno_tier(size) for size in catalogue.DYNOS.names} == {
        "eco",
        "basic",
        "production",
    }
    assert {catalogue.dyno_tier(size) for size in catalogue.DYNOS.private} == {"private", "shield"}
    assert catalogue.dyno_price("performance-2xl") == 150_000


def test_an_end_is_the_last_day_of_the_month_or_quarter_that_heroku_names() -> None:
    assert catalogue.end_of_life("heroku-22") == date(2027, 4, 30)
    assert catalogue.end_of_life("container") is None
    assert catalogue.postgres_end_of_life("15") == date(2027, 2, 28)
    assert catalogue.postgres_end_of_life("18") is None


def test_config_vars_that_an_addon_sets() -> None:
    assert catalogue.config_vars_set_by("heroku-postgresql") == ("DATABASE_URL",)
    assert "MEMCACHIER_PASSWORD" in catalogue.config_vars_set_by("memcachier")
    assert catalogue.config_vars_set_by("no-such-service") == ()


def test_limits_of_an_app() -> None:
    assert catalogue.limit("config-vars", "bytes") == 64 * 1024
    assert catalogue.limit("log-drains") == 5
