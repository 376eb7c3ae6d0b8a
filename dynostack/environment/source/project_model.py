"""The project's own `Environment`: the class of that name in its `config` package."""

import ast
import importlib
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from dynostack.environment.diagnostics.finding import Elsewhere, Finding
from dynostack.environment.environment import Environment
from dynostack.environment.source.project_code import (
    FAILED,
    failure,
    on_one_line,
    reason_of,
    suggestion_for,
)
from dynostack.environment.source.project_imports import PACKAGE, Modules, project_imports

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
    modules: Modules = field(default_factory=dict)
    """What the project has imported from its folder; its rules may import more."""

    def running(self) -> AbstractContextManager[None]:
        """Run the project's rules, see `project_imports`."""
        return project_imports(self.folder, self.modules) if self.folder else nullcontext()


def project_model(directory: Path, *, run: bool = True) -> ProjectModel:
    """Return the model of a project.

    A `config` package without a class `Environment` in it, or without a word of dynostack, is the
    Django project's own, and is not imported.

    Args:
        directory: the project's folder, where Pulumi.yaml is.
        run: whether the project's own code may be run.
    """
    if not _defines_model(directory):
        return ProjectModel()
    if not run:
        return ProjectModel(is_complete=False)
    package = (directory / PACKAGE).resolve()
    return _imported(package.parent if package.name == PACKAGE else directory.resolve())


@cache
def _imported(folder: Path) -> ProjectModel:
    modules: Modules = {}
    try:
        with project_imports(folder, modules):
            model = getattr(importlib.import_module(PACKAGE), CLASS, None)
            if not (isinstance(model, type) and issubclass(model, Environment)):
                return ProjectModel()
            # What is wrong with the classes themselves is found here, and not in each stack.
            model.model_rebuild()
    except (Exception, SystemExit) as error:
        return ProjectModel(is_complete=False, findings=(_failed(folder, error),))
    return ProjectModel(model, folder, modules=modules)


def _defines_model(directory: Path) -> bool:
    """Tell whether the `config` package has an `Environment`; nothing is run."""
    try:
        text = (directory / PACKAGE / "__init__.py").read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    try:
        has_class = any(map(_is_model, ast.walk(ast.parse(text))))
    except (SyntaxError, ValueError):
        has_class = CLASS in text
    return has_class and _names_dynostack(directory / PACKAGE)


def _names_dynostack(package: Path) -> bool:
    """Tell whether a package has to do with dynostack; a Django project's own has not."""
    return any(b"dynostack" in file.read_bytes() for file in package.rglob("*.py"))


def _is_model(node: ast.AST) -> bool:
    """Tell whether a statement defines the class, or takes it from a module of the package."""
    if isinstance(node, ast.ClassDef):
        return node.name == CLASS
    if isinstance(node, ast.ImportFrom):
        top = (node.module or "").partition(".")[0]
        is_own = node.level > 0 or top == PACKAGE
        return is_own and any((each.asname or each.name) in {CLASS, "*"} for each in node.names)
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id == CLASS


def _failed(folder: Path, error: BaseException) -> Finding:
    message = f"the package {PACKAGE} cannot be imported"
    found = failure(folder, error, message) or Finding(
        path=(),
        code=FAILED,
        message=f"{message}: {type(error).__name__}: {reason_of(error)}".removesuffix(": "),
        suggestion=suggestion_for(error),
        elsewhere=Elsewhere(f"{PACKAGE}/__init__.py"),
    )
    return replace(found, message=on_one_line(found.message))
