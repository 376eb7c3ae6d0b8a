"""Every key of an environment's file has its changes in the matrix."""

from __future__ import annotations

from typing import Any

import yaml
from pydantic import Field

from dynostack.environment import Environment, Process
from tests.e2e.rehearsal import PROJECT
from tests.matrix.changes import Change, load
from tests.matrix.keys import Edit, demanded, edits
from tests.review.cases import changed

STARTS, CHANGES = load()


def test_every_key_is_added_changed_and_removed() -> None:
    made = {edit for change in CHANGES for edit in _made(change)}
    missing = sorted(demanded() - made)
    assert not missing, "tests/matrix/changes.yaml has no change with: " + ", ".join(
        map(str, missing)
    )


def test_the_walk_finds_nested_keys() -> None:
    assert {
        Edit("account", "changed"),
        Edit("app.configVars.*", "made secret"),
        Edit("collaborators[].permissions", "removed"),
        Edit("postgres.databases.*.attachments[]", "added"),
    } <= demanded()
    assert Edit("account", "removed") not in demanded()


def test_a_new_key_demands_its_changes() -> None:
    class Wider(Environment):
        """An environment with one more section."""

        mail: dict[str, Process] = Field({})

    assert {str(each) for each in demanded(Wider) - demanded()} == {
        *("mail added", "mail removed", "mail.* added", "mail.* removed"),
        *("mail.*.size changed", "mail.*.quantity changed"),
    }


def test_no_two_changes_are_alike() -> None:
    whole = {repr((each.start, each.set, each.secret)) for each in CHANGES}
    assert len(whole) == len(CHANGES) >= 80


def _made(change: Change) -> set[Edit]:
    start = STARTS[change.start]
    committed = yaml.safe_load((PROJECT / "Pulumi.prod.yaml").read_text())
    before = changed(start.file(committed), _encrypted(start.secret))
    after = changed(start.file(committed), _encrypted(start.secret))
    return edits(before, changed(after, {**change.set, **_encrypted(change.secret)}))


def _encrypted(secret: dict[str, str]) -> dict[str, Any]:
    return {path: {"secure": value} for path, value in secret.items()}
