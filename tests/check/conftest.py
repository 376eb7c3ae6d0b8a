"""A project in its own directory, and `dynostack check` run in it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dynostack.cli.commands import commands

RIGHT = "config:\n  shop:account: ops@acme.example\n  shop:app: { name: acme-shop }\n"
WRONG = RIGHT.replace("acme-shop", "Shop")
WARNED = RIGHT.replace("acme-shop", "acme-shop, stack: heroku-22")

Check = Callable[..., Result]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project called shop, without stacks."""
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    return tmp_path


@pytest.fixture
def check(project: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Return a function that writes a stack's file for each keyword and runs the command."""

    def run(*arguments: str, color: bool = False, **stacks: str) -> Result:
        for stack, text in stacks.items():
            (project / f"Pulumi.{stack}.yaml").write_text(text)
        monkeypatch.chdir(project)
        return CliRunner().invoke(commands, ["check", *arguments], color=color)

    return run
