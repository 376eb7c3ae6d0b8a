"""A project in its own directory."""

from collections.abc import Callable
from pathlib import Path

import pytest

LEAST = """config:
  shop:account: ops@acme.example
  shop:app:
    name: acme-shop
"""
"""The smallest valid environment."""


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    """Write files into a project called shop; "x" is the stack of the first text."""

    def write(stack: str = LEAST, **others: str) -> Path:
        (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
        for name, text in {"x": stack, **others}.items():
            (tmp_path / f"Pulumi.{name}.yaml").write_text(text)
        return tmp_path

    return write
