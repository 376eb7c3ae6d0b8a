"""Rules about the project's Pulumi program, which is read as text."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from dynostack.environment.diagnostics.finding import Finding
from dynostack.environment.diagnostics.rule import RuleContext
from dynostack.environment.django.text import Text
from dynostack.environment.imports import imported_packages

PROGRAM = "__main__.py"
FORMER_PACKAGES = {
    "stacks": "from dynostack.program import run, and run() instead of stacks.run()",
    "config": "from dynostack import environment, and environment.NAME instead of config.NAME",
}
"""A package that dynostack had until 2026-12 -> what to write instead of its import."""
FORMER_PACKAGE = "DS121"


def imports_what_is_there(context: RuleContext) -> Iterable[Finding]:
    """Report imports of `stacks` and `config` if the project does not have these packages."""
    return context.once(_imports)


def _imports(directory: Path, _: str) -> Iterator[Finding]:
    text = Text(PROGRAM, _read(directory / PROGRAM))
    try:
        program = ast.parse(text.content)
    except (SyntaxError, ValueError):
        return  # Python reports it when the program runs
    for statement in ast.walk(program):
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            continue
        for package in FORMER_PACKAGES.keys() & set(imported_packages(statement)):
            if not _is_own(directory, package):
                message = (
                    f"dynostack no longer has a package named {package},"
                    " and this project has none either"
                )
                suggestion, at = _instead(package, statement), text.at(text.position(statement))
                yield Finding((), FORMER_PACKAGE, message, suggestion, elsewhere=at)


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""


def _is_own(directory: Path, package: str) -> bool:
    return (directory / package).is_dir() or (directory / f"{package}.py").is_file()


def _instead(package: str, statement: ast.stmt) -> str:
    """Return the line to write instead of an import."""
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
