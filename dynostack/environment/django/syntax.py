"""The project's code as syntax trees, also in a Python newer than the one that runs this."""

import ast
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from shutil import which
from typing import Any

OWN = (sys.version_info.major, sys.version_info.minor)
NEWEST = 20
"""The largest minor version of Python 3 to look for."""
SECONDS = 20
"""How long another Python may take to parse one file."""

_DUMP = """
import ast, json, sys
def data(node):
    if isinstance(node, list):
        return [data(each) for each in node]
    if not isinstance(node, ast.AST):
        plain = node is None or isinstance(node, (str, int, float, bool))
        return {"": node if plain else None}
    kind = next(k.__name__ for k in (ast.stmt, ast.expr, ast.AST) if isinstance(node, k))
    names = (*node._fields, *(n for n in node._attributes if hasattr(node, n)))
    fields = {name: data(getattr(node, name, None)) for name in names}
    return {"kind": kind, "name": type(node).__name__, "fields": fields}
sys.setrecursionlimit(20000)
try:
    found = data(ast.parse(sys.stdin.buffer.read()))
except SyntaxError as error:
    found = [error.lineno, error.offset]
json.dump(found, sys.stdout)
"""
"""A program that prints the syntax tree of its input as JSON, or the place of its error."""


class NewerSyntax(SyntaxError):
    """The text is not valid in any Python that is installed, but may be in a newer one."""


@lru_cache(maxsize=512)
def parsed(content: str, version: str = "") -> ast.Module:
    """Return the syntax tree of a text.

    A text that this Python cannot parse is given to a newer one that is installed.

    Args:
        content: the text.
        version: the Python version that the project asks for, such as 3.14; "" is this one.

    Raises:
        NewerSyntax: if the text may be valid in that version, which is not installed.
        SyntaxError: if the text is not valid in that version.
    """
    try:
        return _own(content)
    except SyntaxError as error:
        asked = _pair(version)
        if asked <= OWN:
            raise
        wrong = error
    for found, program in _newer():
        tree = _parsed_by(program, content)
        if isinstance(tree, ast.Module):
            return tree
        if isinstance(tree, SyntaxError) and found >= asked:
            raise tree
    raise NewerSyntax(wrong.msg, ("", wrong.lineno, wrong.offset, None))


def _own(content: str) -> ast.Module:
    with warnings.catch_warnings():
        # Python warns about the project's code, such as "\d" in plain text.
        warnings.simplefilter("ignore")
        try:
            return ast.parse(content)
        except (ValueError, RecursionError, MemoryError):
            raise SyntaxError from None


def _pair(version: str) -> tuple[int, int]:
    major, _, minor = version.partition(".")
    return (int(major), int(minor)) if major.isdecimal() and minor.isdecimal() else OWN


@cache
def _newer() -> tuple[tuple[tuple[int, int], str], ...]:
    """Return the newer Pythons that are installed, the oldest first."""
    minors = range(OWN[1] + 1, NEWEST)
    return tuple(((3, minor), program) for minor in minors for program in _programs(minor))


def _programs(minor: int) -> Iterator[str]:
    """Yield where one version of Python may be: in the folders of pyenv and uv, and on PATH."""
    home = Path.home()
    pyenv = Path(os.environ.get("PYENV_ROOT") or home / ".pyenv", "versions")
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share", "uv/python")
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or data)
    for folder in (*pyenv.glob(f"3.{minor}.*"), *uv.glob(f"cpython-3.{minor}.*")):
        yield str(folder / "bin/python")
    if program := which(f"python3.{minor}"):
        yield program


def _parsed_by(program: str, content: str) -> ast.Module | SyntaxError | None:
    """Return the tree or error of another Python; None if it does not run."""
    command = [program, "-I", "-S", "-W", "ignore", "-c", _DUMP]
    text = content.encode()
    try:
        done = subprocess.run(command, input=text, capture_output=True, timeout=SECONDS)
        found = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    if isinstance(found, list):
        return SyntaxError("invalid syntax", ("", found[0], found[1], None))
    tree = _node(found)
    return tree if isinstance(tree, ast.Module) else None


def _node(data: Any) -> Any:
    """Return a node from its data; a statement or expression that this Python lacks is empty."""
    if isinstance(data, list):
        return [_node(each) for each in data]
    if "" in data:
        return data[""]
    fields = {name: _node(each) for name, each in data["fields"].items()}
    node_type = getattr(ast, data["name"], None)
    if node_type is None:
        node = ast.Pass() if data["kind"] == "stmt" else ast.Constant(value=None)
    else:
        node = node_type()
    for name in (*node._fields, "lineno", "col_offset", "end_lineno", "end_col_offset"):
        if name in fields:
            setattr(node, name, fields[name])
    return node
