"""Tests of `dynostack catalogue update` with a real local Heroku."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from dynostack.catalogue.data_file import DataFile
from dynostack.catalogue.errors import CatalogueError
from dynostack.catalogue.update import update
from heroku_catalogue import tables
from tests.ports import free_port

TODAY = date(2026, 12, 24)
POSTGRES = "heroku-postgresql-plan"


@pytest.fixture
def folder(tmp_path: Path, variables: dict[str, str]) -> Path:
    """Return data files that agree with the local Heroku: no Private Spaces, nothing of Fir."""
    copy = Path(shutil.copytree(tables.FOLDER, tmp_path / "catalogue"))
    for name in ("dynos.toml", "stacks.toml"):
        lines = (copy / name).read_text().splitlines(keepends=True)
        absent = ("private-", "shield-", "dyno-", '"dyno-', "cnb")
        (copy / name).write_text("".join(each for each in lines if not each.startswith(absent)))
    update(copy, variables, date(2026, 12, 1))
    return copy


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
    path.write_text(text.replace(old, new))


def source_of(path: Path, kind: str, name: str, figure: str) -> dict[str, Any]:
    """Return the only source of a figure."""
    sources = tomllib.loads(path.read_text())["source"]
    [found] = [each for each in sources if figure in each.get(kind, {}).get(name, {})]
    return dict(found)


def test_known_figures_change_no_file(folder: Path, variables: dict[str, str]) -> None:
    before = texts(folder)
    found = update(folder, variables, TODAY)
    assert (found.changes, found.missing) == ([], [])
    assert texts(folder) == before


def test_a_new_price_has_heroku_and_today_for_a_source(
    folder: Path, variables: dict[str, str]
) -> None:
    file = folder / "postgres.toml"
    edit(file, "standard-0 = { monthly_cents = 5000 }", "standard-0 = { monthly_cents = 4900 }")
    before = file.read_text()
    found = update(folder, variables, TODAY)
    assert list(map(str, found.changes)) == [f"{POSTGRES} standard-0: monthly_cents 4900 -> 5000"]
    source = source_of(file, POSTGRES, "standard-0", "monthly_cents")
    address = f"{variables['HEROKU_API_URL']}/addon-services/heroku-postgresql/plans"
    assert (source["url"], source["looked_up"]) == (address, TODAY)
    assert source[POSTGRES] == {"standard-0": {"monthly_cents": 5000}}
    kept = source_of(file, POSTGRES, "standard-0", "connections")
    assert kept["looked_up"] == date(2026, 11, 22)
    gone = "standard-0 = { monthly_cents = 4900 }\n"
    assert file.read_text().startswith(before.replace(gone, "").rstrip())


def test_an_unknown_price_becomes_known(folder: Path, variables: dict[str, str]) -> None:
    edit(folder / "dynos.toml", "basic = { monthly_cents = 700 }\n", "")
    found = update(folder, variables, TODAY)
    assert list(map(str, found.changes)) == ["size basic: monthly_cents unknown -> 700"]
    assert DataFile(folder / "dynos.toml").known("size")["basic"]["monthly_cents"] == 700


def test_the_default_moves_from_one_stack_to_another(
    folder: Path, variables: dict[str, str]
) -> None:
    file = folder / "stacks.toml"
    edit(file, "heroku-24 = { default = true, ", "heroku-24 = { ")
    edit(file, "heroku-22 = { end", "heroku-22 = { default = true, end")
    found = update(folder, variables, TODAY)
    assert set(map(str, found.changes)) == {
        "stack heroku-22: default True -> False",
        "stack heroku-24: default False -> True",
    }
    known = DataFile(file).known("stack")
    assert [name for name, row in known.items() if row.get("default")] == ["heroku-24"]
    assert list(known)[:2] == ["heroku-22", "heroku-24"]


def test_a_new_plan_is_added(folder: Path, variables: dict[str, str]) -> None:
    edit(folder / "memcached.toml", "500 = { megabytes = 500 }\n", "")
    found = update(folder, variables, TODAY)
    assert list(map(str, found.changes)) == [
        "memcachier-plan 500: new",
    ]
    known = DataFile(folder / "memcached.toml").known("memcachier-plan")
    assert (list(known), known["500"]) == (["dev", "100", "500"], {})


def test_a_second_new_plan_joins_the_first(folder: Path, variables: dict[str, str]) -> None:
    file = folder / "memcached.toml"
    for line in ("500 = { megabytes = 500 }\n", "dev = { monthly_cents = 0, megabytes = 25 }\n"):
        edit(file, line, "")
        update(folder, variables, TODAY)
    assert file.read_text().count("/addon-services/memcachier/plans") == 1
    assert set(DataFile(file).known("memcachier-plan")) == {"dev", "100", "500"}


def test_a_plan_that_heroku_does_not_list_is_reported_and_kept(
    folder: Path, variables: dict[str, str]
) -> None:
    line = "100 = { megabytes = 100 }\n500 = { megabytes = 500 }\n"
    edit(folder / "memcached.toml", line, f"{line}1000 = {{ megabytes = 1000 }}\n")
    before = texts(folder)
    found = update(folder, variables, TODAY)
    assert [str(each).split(":")[0] for each in found.missing] == ["memcachier-plan 1000"]
    assert texts(folder) == before


def test_a_retired_name_is_not_added_again(folder: Path, variables: dict[str, str]) -> None:
    file = folder / "postgres.toml"
    lines = [line for line in file.read_text().splitlines() if "standard-9 = " not in line]
    lines += ['standard-9 = { on = 2026-12-24, instead = "standard-8" }']
    file.write_text("\n".join(lines))
    assert update(folder, variables, TODAY).changes == []


def test_a_service_that_heroku_does_not_have(folder: Path, variables: dict[str, str]) -> None:
    with (folder / "addons.toml").open("a") as file:
        file.write('\n[[source]]\ntitle = "None"\nurl = "https://none.example"\n')
        file.write('looked_up = 2026-12-24\n\n[source.service]\nno-such-service = { title = "" }\n')
    found = update(folder, variables, TODAY)
    assert [str(each).split(":")[0] for each in found.missing] == ["service no-such-service"]


class Elsewhere(BaseHTTPRequestHandler):
    """A server that is not Heroku."""

    ANSWER = b'{"what": "is this"}'

    def do_GET(self) -> None:
        moved = self.path.startswith("/moved")
        self.send_response(302 if moved else 200)
        self.send_header("Location", "http://127.0.0.1:9/")
        self.send_header("Content-Length", str(len(self.ANSWER)))
        self.end_headers()
        self.wfile.write(self.ANSWER)

    def log_message(self, *_: Any) -> None:
        """Print nothing."""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Elsewhere)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda _: {"HEROKU_API_KEY": ""}, "HEROKU_API_KEY is not set"),
        (lambda _: {"HEROKU_API_KEY": "hush-hush"}, "refuses the key"),
        (lambda _: {"HEROKU_API_URL": f"http://127.0.0.1:{free_port()}"}, "cannot reach"),
        (lambda _: {"HEROKU_API_URL": "http://a:hush-hush@127.0.0.1"}, "is not a valid address"),
        (lambda _: {"HEROKU_API_URL": "hush-hush"}, "is not a valid address"),
        (lambda url: {"HEROKU_API_URL": url}, "is not from Heroku's API"),
        (lambda url: {"HEROKU_API_URL": f"{url}/moved"}, "answers 302"),
    ],
)
def test_an_error_is_one_sentence_and_changes_no_file(
    folder: Path,
    variables: dict[str, str],
    elsewhere: str,
    wrong: Callable[[str], dict[str, str]],
    said: str,
) -> None:
    before = texts(folder)
    with pytest.raises(CatalogueError, match=said) as error:
        update(folder, {**variables, **wrong(elsewhere)}, TODAY)
    assert "\n" not in str(error.value)
    assert "hush-hush" not in str(error.value)
    assert texts(folder) == before


def run(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    project = folder.parent
    (project / "Pulumi.yaml").write_text("name: shop\n")
    command = [str(Path(sys.executable).parent / "dynostack"), "catalogue", "update"]
    environment = {"PATH": os.environ["PATH"], "DYNOSTACK_CATALOGUE": str(folder), **variables}
    return subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, check=False
    )


def test_the_command_shows_the_difference(folder: Path, variables: dict[str, str]) -> None:
    edit(folder / "regions.toml", "tokyo = { private = true }", "tokyo = { private = false }")
    done = run(folder, **variables)
    assert (done.returncode, done.stdout) == (0, "region tokyo: private False -> True\n")
    assert "add-on services, stacks, regions, dyno-sizes\n" in done.stderr
    assert "only a new dynostack renews them: limits of plans, features, end dates" in done.stderr
    again = run(folder, **variables)
    assert (again.returncode, again.stdout) == (0, "")


def test_the_command_says_what_is_missing(folder: Path) -> None:
    done = run(folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "HEROKU_API_KEY is not set; set it to a key that `heroku auth:token` prints"
    ]
