"""The rules of shop."""

import shutil
from pathlib import Path

import pytest

from dynostack.environment import examine

ROOT = Path(__file__).parents[2]


def found(tmp_path: Path, stack: str, old: str, new: str) -> list[tuple[str, str, str]]:
    """Return the location, section and message of each error after an edit of a stack's file."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    text = (ROOT / f"Pulumi.{stack}.yaml").read_text("utf-8")
    assert text.count(old) == 1
    (tmp_path / f"Pulumi.{stack}.yaml").write_text(text.replace(old, new))
    errors = examine(stack, tmp_path).errors
    return [(each.location, each.section, each.message) for each in errors]


@pytest.mark.parametrize(
    ("stack", "old", "message"),
    [
        ("prod", "name: acme-shop\n", 'app name "acme-store" does not match the stack prod'),
        (
            "staging",
            "name: acme-shop-staging\n",
            'app name "acme-store" does not match the stack staging',
        ),
    ],
)
def test_an_app_is_named_after_its_stage(
    tmp_path: Path, stack: str, old: str, message: str
) -> None:
    (error,) = found(tmp_path, stack, old, "name: acme-store\n")
    assert error[1:] == ("shop:app.name", message)
    assert error[0].startswith(f"Pulumi.{stack}.yaml:")


def test_production_runs_two_web_dynos(tmp_path: Path) -> None:
    (error,) = found(tmp_path, "prod", "standard-1x, quantity: 2", "standard-1x, quantity: 1")
    message = "production runs 1 web dyno and is down while it restarts"
    assert error[1:] == ("shop:formation.web.quantity", message)


def test_staging_runs_one(tmp_path: Path) -> None:
    assert found(tmp_path, "staging", "quantity: 1", "quantity: 1 ") == []
