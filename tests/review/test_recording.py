"""Content that several recordings share is stored once, and read as the engine wrote it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.review import recording
from tests.review.cases import Base, Case, load
from tests.review.recording import BASES, Recording, files

EVERY_BASE, CASES = load()
URN = "urn:pulumi:prod::shop::heroku:app/app:App::app"


def _event(op: str, **state: Any) -> dict[str, Any]:
    return {"resourcePreEvent": {"metadata": {"op": op, "urn": URN, "old": state}}}


def _plan(**plan: Any) -> dict[str, Any]:
    return {"manifest": {}, "resourcePlans": {URN: plan}}


SAME, OTHER = _event("same", name="acme"), _event("same", name="other")
SUMMARY = {"summaryEvent": {"resourceChanges": {"same": 1}}}
RECORDINGS = {
    "one": Recording([SUMMARY, SAME], _plan(steps=["same"])),
    "two": Recording([SAME, _event("update"), SUMMARY], _plan(steps=["update"])),
    "three": Recording([SUMMARY, OTHER, SAME], _plan(steps=["same"])),
    "four": Recording([SUMMARY], None),
}


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Case]:
    monkeypatch.setattr("tests.review.cases.PREVIEWS", tmp_path / "previews")
    monkeypatch.setattr(recording, "BASES", tmp_path / "bases")
    cases = [Case(name, "of-a-test") for name in RECORDINGS]
    for file, text in files("of-a-test", [(case, RECORDINGS[case.name]) for case in cases]):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return cases


def test_a_stored_recording_is_read(stored: list[Case]) -> None:
    assert {case.name: Recording.stored(case) for case in stored} == RECORDINGS


def test_a_case_refers_to_shared_content(stored: list[Case]) -> None:
    lines = [[*map(json.loads, case.preview.read_text().splitlines())] for case in stored]
    shared = {"shared": "resourcePreEvent same heroku:app/app:App::app"}
    assert lines[0] == [SUMMARY, shared]
    assert lines[1] == [shared, _event("update"), SUMMARY]
    assert lines[2] == [SUMMARY, OTHER, shared]
    assert json.loads(stored[0].plan.read_text())["resourcePlans"] == {URN: "shared"}
    assert json.loads(stored[1].plan.read_text()) == RECORDINGS["two"].plan
    assert not stored[3].plan.exists()


def test_events_are_numbered_as_they_are_read(stored: list[Case]) -> None:
    events = Recording.of(stored[0]).events
    assert events == [{"sequence": 0, **SUMMARY}, {"sequence": 1, **SAME}]


def test_every_base_is_stored() -> None:
    assert {folder.name for folder in BASES.iterdir()} == {base.name for base in EVERY_BASE}


@pytest.mark.parametrize("base", EVERY_BASE, ids=lambda base: base.name)
def test_recordings_are_stored_as_a_new_one_would_be(base: Base) -> None:
    """If this fails, record them with `python -m tests.review.record`."""
    cases = [case for case in CASES if case.base == base.name]
    for file, text in files(base.name, [(case, Recording.stored(case)) for case in cases]):
        assert file.read_text() == text, file
