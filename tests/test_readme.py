"""Nothing that a person can run is missing in the README."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from dynostack.cli import commands

PROJECT = Path(__file__).parents[1]
README = (PROJECT / "README.md").read_text()


def paths(group: click.Group, prefix: str = "dynostack") -> Iterator[str]:
    for name, command in group.commands.items():
        path = f"{prefix} {name}"
        if isinstance(command, click.Group):
            yield from paths(command, path)
        else:
            yield path


@pytest.mark.parametrize("path", list(paths(commands)))
def test_every_command_is_in_the_readme(path: str) -> None:
    assert f"`{path}" in README


def test_every_make_target_is_in_the_readme() -> None:
    targets = re.findall(r"^([a-z]+):.*## ", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    assert len(targets) > 5
    assert [target for target in targets if f"`make {target}`" not in README] == []
