"""Tests of `dynostack plans`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from dynostack.catalogue.plans import money, size
from tests import warm

PROJECT = Path(__file__).parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [warm.dynostack(), "plans", *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_table_has_plain_columns() -> None:
    done = run("postgres")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "Heroku Postgres (heroku-postgresql)"
    assert " ".join(lines[1].split()) == (
        "plan a month connections storage memory vCPU tables standby rollback where"
    )
    rows = {line.split()[0]: line.split() for line in lines[2:]}
    assert rows["standard-0"][1:5] == ["$50", "120", "64", "GB"]
    assert rows["private-2"][1] == "unknown"
    assert "\x1b" not in done.stdout


def test_a_retired_plan_is_shown_with_its_successor() -> None:
    assert "hobby-dev was retired on 2022-11-28; write essential-0" in run("postgres").stdout


def test_a_section_stands_for_its_services() -> None:
    done = run("memcached").stdout
    assert "MemCachier (memcachier)" in done
    assert "Memcached Cloud (memcachedcloud)" in done


def test_all_services_without_a_name() -> None:
    done = run()
    assert done.returncode == 0
    assert "(heroku-postgresql)" in done.stdout
    assert "(heroku-redis)" in done.stdout


def test_json_has_a_source_for_each_figure() -> None:
    plans = json.loads(run("heroku-redis", "--format", "json").stdout)
    assert {plan["service"] for plan in plans} == {"heroku-redis"}
    by_name = {plan["plan"]: plan for plan in plans}
    assert by_name["mini"]["monthly_cents"] == 300
    assert by_name["shield-7"]["monthly_cents"] is None
    for plan in plans:
        figures = {*plan["limits"]} | ({"monthly_cents"} if plan["monthly_cents"] else set())
        assert set(plan["sources"]) == figures
        assert all(cited["looked_up"] for cited in plan["sources"].values())


@pytest.mark.parametrize(
    ("name", "meant"), [("memcahed", "memcached"), ("postgress", "postgres"), ("x", "one of")]
)
def test_an_unknown_service(name: str, meant: str) -> None:
    done = run(name)
    assert (done.returncode, done.stdout) == (1, "")
    assert f'the catalogue has no service "{name}"; write {meant}' in done.stderr


@pytest.mark.parametrize(
    ("cents", "said"),
    [(None, "unknown"), (0, "free"), (5000, "$50"), (1_100_000, "$11,000"), (1, "$0.01")],
)
def test_money(cents: int | None, said: str) -> None:
    assert money(cents) == said


@pytest.mark.parametrize(
    ("megabytes", "said"), [(25, "25 MB"), (15_616, "15.25 GB"), (1_572_864, "1.5 TB")]
)
def test_size(megabytes: int, said: str) -> None:
    assert size(megabytes) == said
