"""Rules of the house that no linter checks."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

import localheroku

PACKAGES = [Path(localheroku.__path__[0])]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_a_public_class_name_stands_for_one_class_of_a_package(package: Path) -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for file in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(f"{file.relative_to(package)}:{node.lineno}")

    assert not {name: found for name, found in places.items() if len(found) > 1}
