"""Imports of the packages that dynostack had before, and the replacement of each."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dynostack.environment import examine

MARK = "DS121"


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("from stacks import run", "from dynostack.program import run"),
        ("from stacks.postgres import Postgres", "from dynostack.components import Postgres"),
        (
            "from stacks import App as A, Domains",
            "from dynostack.components import App as A, Domains",
        ),
        ("from config import load", "from dynostack.environment import load"),
        (
            "from config.catalogue import DYNO_SIZES",
            "from dynostack.environment.catalogue import DYNO_SIZES",
        ),
        ("from config.loader import examine", "from dynostack.environment import examine"),
        ("if True:\n    from stacks import run", "from dynostack.program import run"),
        ("\ufefffrom config import load", "from dynostack.environment import load"),
    ],
)
def test_the_line_to_write(project: Callable[..., Path], written: str, instead: str) -> None:
    directory = project()
    (directory / "__main__.py").write_text(written, "utf-8")
    (found,) = examine("x", directory).diagnostics
    assert (found.code, found.suggestion) == (MARK, instead)


@pytest.mark.parametrize("written", ["from stacks import run", "import config"])
def test_a_package_of_the_project_s_own(project: Callable[..., Path], written: str) -> None:
    directory = project()
    (directory / "__main__.py").write_text(written)
    for package in ("stacks", "config"):
        (directory / package).mkdir()
    assert not examine("x", directory).diagnostics
