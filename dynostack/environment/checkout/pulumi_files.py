"""The files of the Pulumi project, which are not a part of what it builds."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

from dynostack.environment.imports import imported_packages
from dynostack.environment.source.yaml_composer import compose

PROGRAM = "__main__.py"
PACKAGES = ("config", "stacks")
"""The packages of a dynostack project beside Pulumi.yaml."""
_LIBRARIES = frozenset({"dynostack", "pulumi"})
_OF_DJANGO = ("settings.py", "settings", "urls.py", "wsgi.py", "asgi.py")
_CONFIGURATION = re.compile(r"Pulumi(\..+)?\.ya?ml")
_OWN_DATA = ".dynostack"


def pulumi_files(project: Path, source: Path) -> Callable[[str], bool]:
    """Return a function that tells whether a file of the source belongs to the Pulumi project.

    A project in a folder below the source is left out as a whole.  Beside the source's own files,
    these are left out: Pulumi's files, the program, and the packages `config` and `stacks` if they
    are the program's and not Django's.

    Args:
        project: the folder of Pulumi.yaml.
        source: the folder that is built.
    """
    project, source = project.resolve(), source.resolve()
    if project == source:
        return _Beside(project)
    if project.is_relative_to(source):
        inside = f"{project.relative_to(source).as_posix()}/"
        return lambda name: name.startswith(inside)
    return lambda _: False


class _Beside:
    """Tells which files of a folder with Pulumi.yaml belong to the Pulumi project."""

    def __init__(self, project: Path) -> None:
        self._files = {PROGRAM} if _runs_python_here(project) else set()
        own = [name for name in PACKAGES if _is_of_the_program(project / name)]
        self._folders = tuple(f"{name}/" for name in (_OWN_DATA, *own))

    def __call__(self, name: str) -> bool:
        is_configuration = "/" not in name and _CONFIGURATION.fullmatch(name)
        return bool(is_configuration) or name in self._files or name.startswith(self._folders)


def _runs_python_here(project: Path) -> bool:
    """Return whether Pulumi runs the folder's __main__.py."""
    try:
        tree = compose((project / "Pulumi.yaml").read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return False
    keys = tree.root if tree and isinstance(tree.root, dict) else {}
    runtime = keys.get("runtime")
    language = runtime.get("name") if isinstance(runtime, dict) else runtime
    return language == "python" and keys.get("main") in (None, "", ".", "./", PROGRAM)


def _is_of_the_program(package: Path) -> bool:
    """Return whether a package uses dynostack or Pulumi, and is not also Django's."""
    if any((package / name).exists() for name in _OF_DJANGO):
        return False
    return any(name in _LIBRARIES for file in package.glob("*.py") for name in _imports(file))


def _imports(file: Path) -> Iterator[str]:
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return
    for statement in ast.walk(tree):
        yield from imported_packages(statement)
