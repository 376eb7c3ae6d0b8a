"""Tests that CONTRIBUTING.md describes the files and folders that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
HOUSE, _, REST = TEXT.partition("## The house")[2].partition("```\n\n")
FILE = re.compile(r"`((?:[\w.-]+|<\w+>)(?:/(?:[\w.-]+|<\w+>))*/?)`")
PATHS = sorted({path for path in FILE.findall(REST) if "/" in path and ".." not in path})


def shown(house: str) -> list[str]:
    """Return the files and folders that the tree shows, from the top."""
    paths, room = [], ["", "", ""]
    for line in house.partition("```\n")[2].splitlines():
        names = re.match(r"( *)((?:[\w./]+ )+)", line)
        assert names, line
        level = len(names[1]) // 2
        for name in names[2].split():
            if name.endswith(("/", ".py")):
                room[level] = name
                paths.append("".join([*room[:level], name]))
    return paths


@pytest.mark.parametrize("path", shown(HOUSE))
def test_every_path_in_the_tree_exists(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("package", ["dynostack", "heroku_catalogue", "localheroku"])
def test_every_package_is_in_the_tree(package: str) -> None:
    rooms = {
        f"{package}/{each.name}/"
        for each in (ROOT / package).iterdir()
        if (each / "__init__.py").is_file()
    }
    assert rooms <= set(shown(HOUSE))


@pytest.mark.parametrize("path", PATHS)
def test_every_path_in_a_recipe_exists(path: str) -> None:
    assert list(ROOT.glob(re.sub(r"<\w+>", "*", path))), path
