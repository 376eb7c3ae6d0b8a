"""Which Python an app requests, and Heroku's reaction to it."""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from localheroku.dynos import python_version
from localheroku.dynos.source import BuildFailed


def reported(app: Path, files: Mapping[str, str]) -> list[str]:
    for name, text in files.items():
        (app / name).write_text(text)
    lines: list[str] = []
    python_version.report(app, lines.append)
    return lines


@pytest.mark.parametrize(
    ("file", "text", "lines"),
    [
        (
            ".python-version",
            "3.13\n",
            [".python-version requests Python 3.13: on Heroku the app runs on that version"],
        ),
        (
            ".python-version",
            "# ours\n 3.10.2 \n",
            [
                ".python-version requests Python 3.10.2: on Heroku the app runs on that version",
                "Python 3.10 is deprecated on Heroku: write 3.14 into .python-version",
            ],
        ),
        (
            ".python-version",
            "3.99\n",
            [
                "Python 3.99 is newer than every version that the local Heroku knows:",
                "a build on Heroku fails if Heroku does not have it either",
            ],
        ),
        (
            "runtime.txt",
            "python-3.11.9",
            ["runtime.txt is deprecated on Heroku: write 3.11.9 into .python-version"],
        ),
        (".python-version", "3.11", []),
    ],
)
def test_differences_from_heroku_are_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, text: str, lines: list[str]
) -> None:
    monkeypatch.setattr(platform, "python_version", lambda: "3.11.9")
    first, *others = reported(tmp_path, {file: text})
    assert first == "-----> Using Python 3.11.9 of this machine"
    assert others == [f" !     {line}" for line in lines]


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (
            {".python-version": "banana\n"},
            '"banana" in .python-version is not a Python version: write',
        ),
        ({".python-version": "python-3.13"}, '"python-3.13" in .python-version is not a Python'),
        ({".python-version": "\ufeff3.13"}, '"\ufffd3.13" in .python-version is not a Python'),
        ({".python-version": "3.13\n3.12\n"}, ".python-version names 2 Python versions: write"),
        ({".python-version": "# none\n"}, ".python-version names no Python versions: write one"),
        ({".python-version": "2.7"}, "Python 2.7, which .python-version requests, has reached its"),
        ({".python-version": "3.9.20"}, "Python 3.9, which .python-version requests, has reached"),
        ({".python-version": f"3.{10**50}"}, '0000000000" in .python-version is not a Python'),
        ({"runtime.txt": "python-2.7"}, "Python 2.7, which runtime.txt requests, has reached its"),
        (
            {"runtime.txt": "3.13", ".python-version": "3.13"},
            '"3.13" in runtime.txt is not a Python',
        ),
        (
            {"python-version": "3.13"},
            "a file python-version: rename it to .python-v",
        ),
    ],
)
def test_a_python_that_heroku_refuses(tmp_path: Path, files: dict[str, str], reason: str) -> None:
    with pytest.raises(BuildFailed, match=re.escape(reason)):
        reported(tmp_path, files)


def test_a_python_version_is_optional(tmp_path: Path) -> None:
    assert len(reported(tmp_path, {})) == 1
