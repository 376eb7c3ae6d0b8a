"""Rules of the house that no linter checks."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = sorted(
    path.parent.relative_to(ROOT)
    for path in (*ROOT.glob("dynostack/*/__init__.py"), ROOT / "localheroku/__init__.py")
)
"""The rooms of the library, each a package of its own, and the local Heroku."""


@pytest.mark.parametrize("package", PACKAGES, ids=str)
def test_a_public_class_name_stands_for_one_class_of_a_package(package: Path) -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for file in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(f"{file.relative_to(ROOT)}:{node.lineno}")

    assert not {name: found for name, found in places.items() if len(found) > 1}


@pytest.mark.parametrize("package", PACKAGES, ids=str)
def test_a_module_is_read_in_one_sitting(package: Path) -> None:
    lengths = {
        str(file.relative_to(ROOT)): len(file.read_text("utf-8").splitlines())
        for file in (ROOT / package).rglob("*.py")
        if not file.stem.endswith("_pb2")
    }
    assert not {file: lines for file, lines in lengths.items() if lines > 500}
