"""A file that a build needs is in the folder, but Git or Heroku leaves it out."""

from __future__ import annotations

from pathlib import Path

import pytest

from dynostack.environment import examine
from tests.environment.checkout.repository import git, repository, write

STACK = """config:
  shop:account: ops@acme.example
  shop:app:
    name: acme-shop
    source: ..
  shop:formation:
    web: {size: basic, quantity: 1}
"""
FILES = {
    "manage.py": "",
    "requirements.txt": "django==5.2.19\n",
    ".python-version": "3.13\n",
    "Procfile": "web: python -m http.server $PORT\n",
    "infra/Pulumi.yaml": "name: shop\nruntime: python\n",
    "infra/Pulumi.prod.yaml": STACK,
}


@pytest.mark.parametrize(("name", "code"), [(".python-version", "DS505"), ("Procfile", "DS511")])
@pytest.mark.parametrize("rules", [".gitignore", ".slugignore"])
def test_the_file_that_keeps_it_out_is_named(
    tmp_path: Path, name: str, code: str, rules: str
) -> None:
    write(tmp_path, {**FILES, rules: f"{name}\n"})
    repository(tmp_path)
    (found,) = [e for e in examine("prod", tmp_path / "infra").diagnostics if e.code == code]
    assert found.message == (
        f"{name} is there, but .gitignore or .slugignore keeps it out of the build"
    )
    assert found.suggestion == (f"no line there that matches it, or run: git add --force ../{name}")


def test_git_builds_an_ignored_file_that_is_added(tmp_path: Path) -> None:
    write(tmp_path, {**FILES, ".gitignore": ".python-version\n"})
    repository(tmp_path)
    git(tmp_path, "add", "--force", ".python-version")
    assert "DS505" not in {each.code for each in examine("prod", tmp_path / "infra").diagnostics}
