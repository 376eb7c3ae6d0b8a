"""Which Python an app requests, and Heroku's reaction to it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from localheroku.dynos import python_version
from localheroku.dynos.package_manager import PIP, PIPENV, UV, PackageManager
from localheroku.dynos.python_version import PythonRequest
from localheroku.dynos.source import BuildFailed


def requested(
    app: Path, files: Mapping[str, str], manager: PackageManager = PIP
) -> tuple[PythonRequest, list[str]]:
    for name, text in files.items():
        (app / name).write_text(text)
    lines: list[str] = []
    return python_version.requested(app, manager, lines.append), lines


@pytest.mark.parametrize(
    ("file", "text", "version", "lines"),
    [
        (".python-version", "3.13\n", "3.13", []),
        (
            ".python-version",
            "# ours\n 3.10.2 \n",
            "3.10.2",
            ["Python 3.10 is deprecated on Heroku: write 3.14 into .python-version"],
        ),
        (
            ".python-version",
            "3.99\n",
            "3.99",
            [
                (
                    "Python 3.99 is newer than every version that the local Heroku knows: a build "
                    "on Heroku fails if Heroku does not have it either"
                )
            ],
        ),
        (
            "runtime.txt",
            "python-3.11.9",
            "3.11.9",
            ["runtime.txt is deprecated on Heroku: write 3.11.9 into .python-version"],
        ),
        (".python-version", "3.11", "3.11", []),
    ],
)
def test_what_heroku_says_is_reported(
    tmp_path: Path, file: str, text: str, version: str, lines: list[str]
) -> None:
    request, (first, *others) = requested(tmp_path, {file: text})
    assert request == PythonRequest(version, file)
    assert first == f"-----> Using Python {version} specified in {file}"
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
        requested(tmp_path, files)


def test_without_a_request_the_default_of_the_buildpack_is_taken(tmp_path: Path) -> None:
    request, (first, *others) = requested(tmp_path, {})
    assert request == PythonRequest("3.14", "")
    assert first == (
        "-----> No Python version was specified. Using the buildpack default: Python 3.14"
    )
    advice = "the buildpack's default Python changes over time: write 3.14 into .python-version"
    assert others == [f" !     {advice}"]


@pytest.mark.parametrize(
    ("requires", "version"),
    [
        ({"python_version": "3.12", "python_full_version": "3.12.4"}, "3.12.4"),
        ({"python_version": "3.12"}, "3.12"),
        (None, "3.14"),
    ],
)
def test_a_pipfile_requests_a_python(
    tmp_path: Path, requires: dict[str, str] | None, version: str
) -> None:
    lock = {"Pipfile.lock": json.dumps({"_meta": {"requires": requires}})}
    assert requested(tmp_path, lock, PIPENV)[0].version == version
    assert requested(tmp_path, lock | {".python-version": "3.11"}, PIPENV)[0].version == "3.11"
    assert requested(tmp_path, lock, PIP)[0].version == "3.11"


@pytest.mark.parametrize(
    ("lock", "reason"),
    [
        ("{", "cannot read Pipfile.lock: run `pipenv lock` to renew it"),
        ("{}", "cannot read Pipfile.lock: run `pipenv lock` to renew it"),
        ('{"_meta": {"requires": {"python_version": "3.*"}}}', '"3.*" in Pipfile.lock is not a'),
    ],
)
def test_an_invalid_pipfile_is_reported(tmp_path: Path, lock: str, reason: str) -> None:
    with pytest.raises(BuildFailed, match=re.escape(reason)):
        requested(tmp_path, {"Pipfile.lock": lock}, PIPENV)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "no Python version was specified: Heroku needs a file .python-version; run `uv"),
        ({"runtime.txt": "python-3.13"}, "runtime.txt is not supported with uv: Heroku needs a"),
    ],
)
def test_uv_needs_a_python_version_file(tmp_path: Path, files: dict[str, str], reason: str) -> None:
    with pytest.raises(BuildFailed, match=re.escape(reason)):
        requested(tmp_path, files, UV)
