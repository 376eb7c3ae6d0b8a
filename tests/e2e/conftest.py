"""One local world for all end-to-end tests, as `make up` is too slow to run for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.rehearsal import Done, Rehearsal


@pytest.fixture(scope="session")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    rehearsal = Rehearsal(tmp_path_factory.mktemp("e2e") / "shop", with_rules=True)
    yield rehearsal
    rehearsal.end()


@pytest.fixture(scope="session")
def first_up(rehearsal: Rehearsal) -> Done:
    """Run the first `dynostack up` of an empty world; all later calls are recorded."""
    done = rehearsal.dynostack("up")
    assert done.exit_code == 0, done.output
    rehearsal.server.control("PATCH", "/recorder", {"on": True})
    return done


@pytest.fixture
def edited(rehearsal: Rehearsal, first_up: Done) -> Iterator[Rehearsal]:
    """Return the world that is up; restore the environments' files after the test."""
    files = {file: file.read_bytes() for file in rehearsal.directory.glob("Pulumi*.yaml")}
    yield rehearsal
    for file, content in files.items():
        file.write_bytes(content)


@pytest.fixture(scope="session")
def site(rehearsal: Rehearsal, first_up: Done) -> str:
    """Return the name of the app that is up."""
    return str(rehearsal.heroku("/apps")[0]["name"])
