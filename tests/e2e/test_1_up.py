"""`make up`: an empty world becomes a Django site with a real database and a real cache."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import bmemcached
import pytest

from localheroku.addons.postgres import distribution, versions
from tests.e2e.rehearsal import Done, Rehearsal

pytestmark = pytest.mark.e2e


def psql() -> Path:
    found = distribution.cached(versions.DEFAULT)
    assert found
    return found.programs / "psql"


def fact(page: str, name: str) -> str:
    """Return the text of one <dd id=...> of the front page."""
    found = re.search(rf'<dd id="{name}">(.*?)</dd>', page)
    assert found, page
    return found[1]


def test_up_prints_the_address(rehearsal: Rehearsal, first_up: Done, site: str) -> None:
    assert rehearsal.world.heroku.site(site) in first_up.output


def test_up_shows_no_warning(first_up: Done) -> None:
    assert "warning" not in first_up.output.lower()


def test_the_page_has_a_real_database_and_cache(rehearsal: Rehearsal, site: str) -> None:
    first_status, first = rehearsal.page(site)
    second_status, second = rehearsal.page(site)
    assert (first_status, second_status) == (200, 200)
    assert fact(first, "database-version").startswith("PostgreSQL 17")
    assert int(fact(second, "database-rows")) == int(fact(first, "database-rows")) + 1
    assert fact(second, "cache-answer") == "hit"


def test_psql_finds_the_row(rehearsal: Rehearsal, site: str) -> None:
    _, page = rehearsal.page(site)
    url = rehearsal.heroku(f"/apps/{site}/config-vars")["DATABASE_URL"]
    query = "SELECT current_database() || ' ' || count(*) FROM visits_visit"
    answer = subprocess.run(
        [psql(), "--no-psqlrc", "-At", "-c", query, url], capture_output=True, text=True, check=True
    )
    assert answer.stdout.split() == [fact(page, "database-name"), fact(page, "database-rows")]


def cached(rehearsal: Rehearsal, site: str, key: str, **other: str) -> str:
    """Return what a client with the app's credentials, or with others instead, finds."""
    config_vars = rehearsal.heroku(f"/apps/{site}/config-vars")
    given = {
        "username": config_vars["MEMCACHIER_USERNAME"],
        "password": config_vars["MEMCACHIER_PASSWORD"],
    }
    servers = config_vars["MEMCACHIER_SERVERS"].split(",")
    client = bmemcached.Client(servers, **{**given, **other})
    try:
        return str(client.get(key))
    finally:
        client.disconnect_all()


def test_a_memcached_client_finds_the_key(rehearsal: Rehearsal, site: str) -> None:
    _, page = rehearsal.page(site)
    assert cached(rehearsal, site, fact(page, "cache-key")) == fact(page, "cache-value")


def test_memcached_refuses_a_wrong_password(rehearsal: Rehearsal, site: str) -> None:
    with pytest.raises(bmemcached.exceptions.MemcachedException, match="Auth failure"):
        cached(rehearsal, site, "anything", password="wrong")


def test_the_log_shows_the_request(rehearsal: Rehearsal, site: str) -> None:
    rehearsal.page(site, "/?seen-in-the-log")
    log = rehearsal.dynostack("local", "logs", site)
    assert "heroku[router]" in log.output
    assert "seen-in-the-log" in log.output
    assert "app[web.1]" in log.output


def test_status_names_the_app_and_its_dynos(rehearsal: Rehearsal, site: str) -> None:
    status = rehearsal.dynostack("local", "status")
    assert f"{rehearsal.world.heroku.site(site)}  web.1 up" in status.output


def test_outputs_name_what_is_there(rehearsal: Rehearsal, site: str) -> None:
    outputs = rehearsal.pulumi("stack", "output", "-s", "local").output
    assert rehearsal.world.heroku.site(site) in outputs
    assert "DATABASE_URL" in outputs
    assert "MEMCACHIER_SERVERS" in outputs


def test_a_second_up_changes_nothing_without_a_network(
    rehearsal: Rehearsal, first_up: Done
) -> None:
    nowhere = "http://127.0.0.1:9"
    again = rehearsal.dynostack(
        "up", HTTP_PROXY=nowhere, HTTPS_PROXY=nowhere, ALL_PROXY=nowhere, NO_PROXY="127.0.0.1"
    )
    assert again.exit_code == 0, again.output
    assert re.search(r"^\s+\d+ unchanged$", again.output, re.MULTILINE), again.output
    assert not re.search(r"created|updated|deleted|replaced", again.output), again.output
