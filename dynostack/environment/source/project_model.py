"""The project's own `Environment`: the class of that name in its `config` package."""

import ast
import importlib
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
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
    """The model that the files of a project's stacks are validated against."""

    environment: type[Environment] = Environment
    folder: Path | None = None
    """The folder of the project's own packages, with links resolved; None if it has no model."""
    is_complete: bool = True
    """Whether every section is known; False if the project has a model that was not imported."""
    findings: tuple[Finding, ...] = ()
    """Why the project's own model could not be imported."""
    modules: Modules = field(default_factory=dict)
    """The modules that the project imported from its folder; its rules may import more."""

    def running(self) -> AbstractContextManager[None]:
        """Run the project's rules, see `project_imports`."""
        return project_imports(self.folder, self.modules) if self.folder else nullcontext()


def project_model(directory: Path, *, run: bool = True) -> ProjectModel:
    """Return the model of a project.

    A `config` package without a class `Environment`, or one that does not mention dynostack,
    belongs to the Django project and is not imported.

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
            # Finds errors in the classes themselves once, not for each stack.
            model.model_rebuild()
    except (Exception, SystemExit) as error:
        return ProjectModel(is_complete=False, findings=(_failed(folder, error),))
    return ProjectModel(model, folder, modules=modules)


def _defines_model(directory: Path) -> bool:
    """Return whether the `config` package has a class `Environment`, without running it."""
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
    """Return whether a package mentions dynostack; a Django project's own package does not."""
    return any(b"dynostack" in file.read_bytes() for file in package.rglob("*.py"))


def _is_model(node: ast.AST) -> bool:
    """Return whether a statement defines the class or imports it from the package."""
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
    return found._replace(message=on_one_line(found.message))
