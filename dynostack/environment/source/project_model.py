"""The project's own `Environment`: the class of that name in its `config` package."""

import ast
import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from dynostack.environment.diagnostics.finding import Elsewhere, Finding
from dynostack.environment.environment import Environment
from dynostack.environment.source.project_code import FAILED, failure

PACKAGE = "config"
CLASS = "Environment"


@dataclass(frozen=True)
class ProjectModel:
    """What the files of a project's stacks are validated by."""

    environment: type[Environment] = Environment
    folder: Path | None = None
    """The folder of the project's own packages, without links; None when it has no model."""
    is_complete: bool = True
    """Whether every section is known: not when the project has a model that was not imported."""
    findings: tuple[Finding, ...] = ()
    """Why the project's own model could not be imported."""


def project_model(directory: Path, *, run: bool = True) -> ProjectModel:
    """Return the model of a project.

    A `config` package without a class `Environment` in it is the Django project's own, and is not
    imported.

    Args:
        directory: the project's folder, where Pulumi.yaml is.
        run: whether the project's own code may be run.
    """
    if not _defines_model(directory):
        return ProjectModel()
    if not run:
        return ProjectModel(is_complete=False)
    return _imported((directory / PACKAGE).resolve().parent)


@cache
def _imported(folder: Path) -> ProjectModel:
    try:
        model = getattr(_package(folder), CLASS, None)
    except Exception as error:
        return ProjectModel(is_complete=False, findings=(_failed(folder, error),))
    if isinstance(model, type) and issubclass(model, Environment):
        return ProjectModel(model, folder)
    return ProjectModel()


def _defines_model(directory: Path) -> bool:
    """Tell whether the `config` package has an `Environment`; nothing is run."""
    try:
        text = (directory / PACKAGE / "__init__.py").read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    try:
        return any(_is_model(statement) for statement in ast.parse(text).body)
    except (SyntaxError, ValueError):
        return CLASS in text and "dynostack" in text


def _is_model(statement: ast.stmt) -> bool:
    """Tell whether a statement defines the class, or takes it from a module of the package."""
    if isinstance(statement, ast.ClassDef):
        return statement.name == CLASS
    if isinstance(statement, ast.ImportFrom):
        top = (statement.module or "").partition(".")[0]
        is_own = statement.level > 0 or top == PACKAGE
        return is_own and any((each.asname or each.name) == CLASS for each in statement.names)
    return False


def _package(folder: Path) -> ModuleType:
    """Import the package; in the project's own program it is the one that the program imports."""
    imported = sys.modules.get(PACKAGE)
    if imported and _folder(imported) == folder:
        return imported
    if imported is None and sys.path and Path(sys.path[0]).resolve() == folder:
        return importlib.import_module(PACKAGE)
    with _without_others(folder):
        return importlib.import_module(PACKAGE)


def _folder(package: ModuleType) -> Path | None:
    return Path(package.__file__).resolve().parents[1] if package.__file__ else None


@contextmanager
def _without_others(folder: Path) -> Iterator[None]:
    """Import from a folder; afterwards the modules of this name are those that were before."""
    others = {name: sys.modules.pop(name) for name in _modules()}
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in _modules():
            del sys.modules[name]
        sys.modules.update(others)


def _modules() -> list[str]:
    return [name for name in sys.modules if name == PACKAGE or name.startswith(f"{PACKAGE}.")]


def _failed(folder: Path, error: Exception) -> Finding:
    message = f"the package {PACKAGE} cannot be imported"
    return failure(folder, error, message) or Finding(
        path=(),
        code=FAILED,
        message=f"{message}: {type(error).__name__}: {error}",
        suggestion="modules that are installed where dynostack is",
        elsewhere=Elsewhere(f"{PACKAGE}/__init__.py"),
    )
