"""Code of a newer Python is parsed by that Python if it is installed, and otherwise in doubt."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from dynostack.environment.django import syntax
from dynostack.environment.django.syntax import NewerSyntax, parsed

OWN = f"{sys.version_info.major}.{sys.version_info.minor}"
NEWER = f"{sys.version_info.major}.{sys.version_info.minor + 1}"
NONSENSE = "def = 1\n"
FAKE = """#!{python}
import ast, json, sys
parse, other = ast.parse, b'NAME = f"a{{b}}"\\nif NAME:\\n    pass'
ast.parse = lambda text, *rest: parse(other if b"new" in text else text)
exec(sys.argv[-1])
"""
"""A newer Python, which takes each text with the word new for other code."""


@pytest.fixture(autouse=True)
def no_newer_python(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed.cache_clear()
    monkeypatch.setattr(syntax, "_newer", lambda: ())


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "python"
    program.write_text(FAKE.format(python=sys.executable))
    program.chmod(0o755)
    found = (sys.version_info.major, sys.version_info.minor + 1)
    monkeypatch.setattr(syntax, "_newer", lambda: ((found, str(program)),))


def test_its_own_syntax_needs_no_other_python() -> None:
    assert ast.unparse(parsed("A = 1", NEWER)) == "A = 1"


@pytest.mark.parametrize("version", ["", OWN, "3.8", "no version"])
def test_an_error_is_certain_for_this_python_and_older_ones(version: str) -> None:
    with pytest.raises(SyntaxError) as error:
        parsed(NONSENSE, version)
    assert not isinstance(error.value, NewerSyntax)


def test_an_error_is_uncertain_without_the_newer_python() -> None:
    with pytest.raises(NewerSyntax) as error:
        parsed(NONSENSE, NEWER)
    assert (error.value.lineno, error.value.offset) == (1, 5)


@pytest.mark.usefixtures("newer")
def test_the_newer_python_parses() -> None:
    tree = parsed("new syntax", NEWER)
    assert ast.unparse(tree) == "NAME = f'a{b}'\nif NAME:\n    pass"
    assert [(node.lineno, node.col_offset) for node in tree.body] == [(1, 0), (2, 0)]


@pytest.mark.usefixtures("newer")
def test_the_newer_python_refuses() -> None:
    with pytest.raises(SyntaxError) as error:
        parsed(NONSENSE, NEWER)
    assert not isinstance(error.value, NewerSyntax)
    assert error.value.lineno == 1


def test_a_python_that_does_not_run_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    found = (sys.version_info.major, sys.version_info.minor + 1)
    monkeypatch.setattr(syntax, "_newer", lambda: ((found, "/nowhere/python"), (found, "false")))
    with pytest.raises(NewerSyntax):
        parsed(NONSENSE, NEWER)


def test_statements_and_expressions_that_this_python_lacks_are_empty() -> None:
    place = {name: {"": 0} for name in ("lineno", "col_offset", "end_lineno", "end_col_offset")}
    alias = {"kind": "stmt", "name": "NewStatement", "fields": {**place, "name": {"": "X"}}}
    value = {"kind": "expr", "name": "NewExpression", "fields": place}
    tree = {"kind": "AST", "name": "Module", "fields": {"body": [alias], "type_ignores": []}}
    assert ast.unparse(syntax._node(tree)) == "pass"  # noqa: SLF001
    assert ast.unparse(syntax._node(value)) == "None"  # noqa: SLF001
