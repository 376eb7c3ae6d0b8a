"""Imports of a project's own modules, isolated from other projects' modules of the same names."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from types import ModuleType

from dynostack.environment.source.project_code import is_own

PACKAGE = "config"

Modules = dict[str, ModuleType]
"""Name -> module, for the modules that a project imported from its own folder."""


@contextmanager
def project_imports(folder: Path, modules: Modules) -> Iterator[None]:
    """Run a project's code so that it imports from its folder and prints to standard error.

    Afterwards `sys.modules` is as before.  The project's own program is an exception: it imports
    the same `config` package itself, so nothing is isolated.

    Args:
        folder: the folder of the project's own packages, with links resolved.
        modules: the modules that the project imported before; new imports are added to it.
    """
    with redirect_stdout(sys.stderr):
        if _is_program_of(folder):
            yield
            return
        others = {
            name: sys.modules.pop(name)
            for name in _of_package() | modules.keys() & sys.modules.keys()
        }
        before = sys.modules.keys() | set()
        sys.modules.update(modules)
        sys.path.insert(0, str(folder))
        try:
            yield
        finally:
            if str(folder) in sys.path:
                sys.path.remove(str(folder))
            for name in _of_package() | _imported_from(folder, sys.modules.keys() - before):
                modules[name] = sys.modules.pop(name)
            sys.modules.update(others)


def _is_program_of(folder: Path) -> bool:
    if imported := sys.modules.get(PACKAGE):
        return Path(_file(imported)).resolve().parent.parent == folder
    return bool(sys.path) and Path(sys.path[0]).resolve() == folder


def _of_package() -> set[str]:
    return {name for name in sys.modules if name == PACKAGE or name.startswith(f"{PACKAGE}.")}


def _imported_from(folder: Path, names: set[str]) -> set[str]:
    """Return which modules are the project's; dynostack itself may be in its folder."""
    return {
        name
        for name in names
        if name.partition(".")[0] != __name__.partition(".")[0]
        and is_own(folder, _file(sys.modules[name]))
    }


def _file(module: ModuleType) -> str:
    """Return the module's file, or "" if it has none, such as a namespace package."""
    return getattr(module, "__file__", None) or ""
