"""Tests of the group of all commands, which imports each only when it runs."""

import subprocess
import sys
from pathlib import Path

from dynostack.cli.commands import MODULES, commands, subcommands

PROJECT = Path(__file__).parents[2]
CHECK = """
import sys
from dynostack.cli.commands import main
sys.argv = ["dynostack", "check"]
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""


def test_each_command_is_in_its_module() -> None:
    assert list(subcommands(commands)) == sorted(MODULES)


def test_a_check_imports_nothing_that_only_other_commands_need() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHECK], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    imported = set(done.stderr.split())
    assert "dynostack.environment" in imported
    others = ("dynostack.engine", "dynostack.source_archive", "dynostack.review", "localheroku")
    assert [name for name in imported if name.startswith(others)] == []
