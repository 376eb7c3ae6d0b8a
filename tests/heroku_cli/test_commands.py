"""Every supported command succeeds in at least one test."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.heroku_cli.commands import NEVER_SERVED, PROMISED
from tests.ledger.page import DIFFERENCES

CLIENTS = ("heroku", "cli", "dev")
"""The names of fixtures that run the CLI."""


def served(tests: str) -> Iterator[str]:
    """Yield the commands that succeed in these tests, with `--tail` if it is the first argument."""
    for node in ast.walk(ast.parse(tests)):
        if isinstance(node, ast.Call) and _is_cli(node.func) and not _fails(node):
            words = list(_words(node.args))
            if words:
                yield " ".join(words[:2]) if words[1:2] == ["--tail"] else words[0]


def _is_cli(function: ast.expr) -> bool:
    """Return whether the function is `heroku(...)` or `heroku.start(...)`."""
    named = function.value if isinstance(function, ast.Attribute) else function
    started = not isinstance(function, ast.Attribute) or function.attr == "start"
    return started and isinstance(named, ast.Name) and named.id in CLIENTS


def _fails(call: ast.Call) -> bool:
    return any(keyword.arg == "exit_code" for keyword in call.keywords)


def _words(arguments: list[ast.expr]) -> Iterator[str]:
    """Yield the arguments that are literals in the test."""
    for each in arguments:
        if isinstance(each, ast.Starred) and isinstance(each.value, ast.Tuple):
            yield from _words(each.value.elts)
        elif isinstance(each, ast.Constant):
            yield str(each.value)


def test_every_promised_command_is_served() -> None:
    files = Path(__file__).parent.glob("test_*.py")
    called = {command for file in files for command in served(file.read_text())}
    assert set(PROMISED) - called == NEVER_SERVED.keys()


def test_a_command_that_is_never_served_is_a_known_difference() -> None:
    known = {each["about"] for each in tomllib.loads(DIFFERENCES.read_text())["difference"]}
    assert set(NEVER_SERVED.values()) <= known


def test_a_command_is_found_in_every_notation() -> None:
    tests = (
        'a = await heroku("ps")\nheroku(*("apps:info", "-a"), f"x")\ncli.start("logs", "--tail")'
    )
    assert sorted(served(tests)) == ["apps:info", "logs --tail", "ps"]
    failures = 'heroku.outside.clear()\nother("apps")\nawait heroku("ps", "web", exit_code=2)\n'
    assert list(served(failures)) == []
