"""The project's Pulumi program, read as text."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from dynostack.environment.diagnostics.diagnostic import Position
from dynostack.environment.diagnostics.finding import Elsewhere, Finding
from dynostack.environment.diagnostics.rule import RuleContext

PROGRAM = "__main__.py"
FORMER_PACKAGES = {
    "stacks": "from dynostack.program import run, and run() in place of stacks.run()",
    "config": "from dynostack import environment, and environment. in place of config.",
}
"""A package that dynostack had until 2026-12 -> what to write in place of its import."""
FORMER_PACKAGE = "DS121"


def imports_what_is_there(context: RuleContext) -> Iterator[Finding]:
    """The packages `stacks` and `config` are the project's own, or there are none."""
    text = _text(context.directory / PROGRAM)
    try:
        program = ast.parse(text)
    except (SyntaxError, ValueError):
        return  # Python reports it when the program runs
    for statement in ast.walk(program):
        for package in FORMER_PACKAGES.keys() & _imported(statement):
            if not _is_own(context.directory, package):
                yield _finding(package, cast(ast.stmt, statement), text.splitlines())


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""


def _imported(statement: ast.AST) -> set[str]:
    """Return the packages that a statement imports from."""
    names: list[str] = []
    if isinstance(statement, ast.Import):
        names = [each.name for each in statement.names]
    if isinstance(statement, ast.ImportFrom) and not statement.level and statement.module:
        names = [statement.module]
    return {name.partition(".")[0] for name in names}


def _is_own(directory: Path, package: str) -> bool:
    return (directory / package).is_dir() or (directory / f"{package}.py").is_file()


def _finding(package: str, statement: ast.stmt, lines: list[str]) -> Finding:
    line, column = statement.lineno, statement.col_offset
    is_one_line = statement.end_lineno == line and statement.end_col_offset is not None
    width = (statement.end_col_offset or 0) - column if is_one_line else 1
    return Finding(
        path=(),
        code=FORMER_PACKAGE,
        message=f"dynostack has no package {package} any more, and this folder has none",
        suggestion=_instead(package, statement),
        elsewhere=Elsewhere(PROGRAM, Position(line, column + 1, width), lines[line - 1]),
    )


def _instead(package: str, statement: ast.stmt) -> str:
    """Return the line to write in place of an import."""
    if not isinstance(statement, ast.ImportFrom):
        return FORMER_PACKAGES[package]
    names = ", ".join(map(ast.unparse, statement.names))
    module = {
        "config": "dynostack.environment",
        "config.catalogue": "dynostack.environment.catalogue",
    }.get(statement.module or package)
    if package == "stacks":
        module = "dynostack.program" if names == "run" else "dynostack.components"
    return f"from {module or 'dynostack.environment'} import {names}"


RULES = (imports_what_is_there,)
