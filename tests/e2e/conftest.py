"""One world for all end-to-end tests: what `make up` makes is slow enough to make once."""

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
    """The first `dynostack up` of an empty world; what is asked after it is recorded."""
    done = rehearsal.dynostack("up")
    assert done.exit_code == 0, done.output
    rehearsal.server.control("PATCH", "/recorder", {"on": True})
    return done


@pytest.fixture
def edited(rehearsal: Rehearsal, first_up: Done) -> Iterator[Rehearsal]:
    """The world that is up, with the environments' files put back after the test."""
    files = {file: file.read_bytes() for file in rehearsal.directory.glob("Pulumi*.yaml")}
    yield rehearsal
    for file, content in files.items():
        file.write_bytes(content)


@pytest.fixture(scope="session")
def site(rehearsal: Rehearsal, first_up: Done) -> str:
    """The name of the app that is up."""
    return str(rehearsal.heroku("/apps")[0]["name"])
