"""The certificate of a local Heroku."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from localheroku.core import certificate


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / certificate.FILE


def test_a_certificate_that_another_command_created_meanwhile_is_used(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = certificate.ensured(file.with_name("other")).read_text()
    looked = Path.is_file

    def look(path: Path) -> bool:
        there = looked(path)
        path.write_text(others)
        return there

    monkeypatch.setattr(Path, "is_file", look)

    assert certificate.ensured(file).read_text() == others


def test_an_old_certificate_is_replaced(file: Path) -> None:
    first = certificate.ensured(file).read_text()
    assert certificate.ensured(file).read_text() == first

    os.utime(file, (0, 0))

    assert certificate.ensured(file).read_text() != first
    assert certificate.KEY_BEGINS not in certificate.public(file)


@pytest.mark.parametrize("part", ["", "the certificate only", "neither"])
def test_an_unreadable_certificate_is_replaced(file: Path, part: str) -> None:
    whole = certificate.ensured(file).read_text()
    begin, _, _ = whole.partition(certificate.KEY_BEGINS)
    file.write_text({"": "", "the certificate only": begin, "neither": whole[::-1]}[part])

    made = certificate.ensured(file).read_text()

    assert certificate.KEY_BEGINS in made
    assert made != whole
    assert certificate.ensured(file).read_text() == made
