"""Rules of this repository that no linter checks."""

from __future__ import annotations

import ast
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = sorted(
    path.parent.relative_to(ROOT)
    for path in (*ROOT.glob("dynostack/*/__init__.py"), ROOT / "localheroku/__init__.py")
)
"""The packages of the library, and the local Heroku."""
MADE_BY_TOOLS = frozenset({"__pycache__", "node_modules", ".DS_Store"})
"""Names in a tree without git that are not data of tests."""


@pytest.mark.parametrize("package", PACKAGES, ids=str)
def test_public_class_names_are_unique_in_a_package(package: Path) -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for file in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(f"{file.relative_to(ROOT)}:{node.lineno}")

    assert not {name: found for name, found in places.items() if len(found) > 1}


@pytest.mark.parametrize("package", PACKAGES, ids=str)
def test_modules_are_short(package: Path) -> None:
    lengths = {
        str(file.relative_to(ROOT)): len(file.read_text("utf-8").splitlines())
        for file in (ROOT / package).rglob("*.py")
        if not file.stem.endswith("_pb2")
    }
    assert not {file: lines for file, lines in lengths.items() if lines > 500}


def test_the_data_of_the_tests_is_small() -> None:
    """Check sizes; to save space, store only differences as tests/review/recording.py does."""
    contents = [file.read_bytes() for file in _files_of_tests() if file.suffix != ".py"]
    assert sum(map(len, contents)) < 6_000_000
    assert sum(content.count(b"\n") for content in contents) < 60_000


def _files_of_tests() -> list[Path]:
    """Return the files below tests/ that git tracks; without a repository, all of them."""
    git = ["git", "ls-files", "-z", "tests"]
    listed = (
        subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=False).stdout
        if shutil.which("git")
        else ""
    )
    names = [name for name in listed.split("\0") if name]
    if not names:
        tree = (file.relative_to(ROOT) for file in (ROOT / "tests").rglob("*"))
        names = [str(file) for file in tree if not MADE_BY_TOOLS & {*file.parts}]
    return [ROOT / name for name in names if (ROOT / name).is_file()]
