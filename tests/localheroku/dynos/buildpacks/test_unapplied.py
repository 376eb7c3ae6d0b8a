"""Files of a source that no build here follows."""

from __future__ import annotations

from pathlib import Path

import pytest

from localheroku.dynos.buildpacks import unapplied


@pytest.mark.parametrize(
    ("files", "stack", "named"),
    [
        ((), "container", []),
        (("Dockerfile",), "heroku-24", []),
        (("Dockerfile",), "container", ["Dockerfile"]),
        (("Dockerfile", "heroku.yml"), "heroku-24", ["heroku.yml and Dockerfile"]),
    ],
)
def test_they_are_named(
    tmp_path: Path, files: tuple[str, ...], stack: str, named: list[str]
) -> None:
    for file in files:
        (tmp_path / file).touch()
    found = [text.partition(":")[0] for text in unapplied.reports(tmp_path, stack)]
    assert found == named
