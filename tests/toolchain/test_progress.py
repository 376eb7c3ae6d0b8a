"""Tests of progress in a log and on a terminal."""

from __future__ import annotations

import os
import pty
import sys

import pytest

from dynostack.toolchain.progress import Lines, Spinner, progress_on


def test_running_step_is_reported_now_and_then() -> None:
    said: list[str] = []
    with progress_on(said.append, title="building") as progress:
        assert isinstance(progress, Lines)
        for percent in range(100):
            progress.show(f"{percent} %")
        progress.say("built")
    assert said == ["0 %", "built"]


def test_spinner_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    outside, inside = pty.openpty()
    with os.fdopen(inside, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        with progress_on(said.append, title="looking") as progress:
            assert isinstance(progress, Spinner)
            progress.show("[1 of 2] packages")
            progress.say("built")
        shown = ""
        while "packages" not in shown:
            shown += os.read(outside, 100_000).decode()
    os.close(outside)
    assert said == ["built"]
    assert "[1 of 2] packages" in shown
