"""The package manager of an app, chosen by its files as Heroku's Python buildpack chooses.

https://github.com/heroku/heroku-buildpack-python (lib/package_manager.sh, v351)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from localheroku.dynos.source import NOT_DETECTED, BuildFailed, misplaced

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, eq=False)
class PackageManager:
    """A package manager that the buildpack supports, at the version that it installs."""

    name: str
    file: str
    """The file in the top folder that makes it the app's."""
    version: str
    command: str
    """What installs the app's packages, as builds print it."""
    inputs: tuple[str, ...] = ()
    """Other files that determine what it installs."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """What it adds to the environment of builds; {python} is the folder of the app's Python."""
    runs_in_dynos: bool = False
    """Whether dynos have it and its variables, too."""
    plugins: tuple[str, ...] = ()
    """What is installed beside it: plugins, each with its version."""

    @property
    def label(self) -> str:
        """The file and the name, as the buildpack's messages have them."""
        return f"{self.file} ({self.name})"

    @property
    def tool_folder(self) -> str:
        """The folder of its program, below the app's Python; pip has none of its own."""
        return "" if self.file == "requirements.txt" else f"{self.name.lower()}/bin"


PIPENV = PackageManager(
    "Pipenv",
    "Pipfile.lock",
    "2026.7.1",
    "pipenv install --deploy",
    ("Pipfile",),
    {"PIPENV_SYSTEM": "1", "PIPENV_VERBOSITY": "-1", "VIRTUAL_ENV": "{python}"},
    runs_in_dynos=True,
)
PIP = PackageManager(
    "pip",
    "requirements.txt",
    "26.2.1",
    "pip install -r requirements.txt",
    (),
    {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    runs_in_dynos=True,
)
POETRY = PackageManager(
    "Poetry",
    "poetry.lock",
    "2.4.1",
    "poetry sync --only main",
    ("pyproject.toml",),
    {
        "POETRY_VIRTUALENVS_CREATE": "false",
        "POETRY_VIRTUALENVS_USE_POETRY_PYTHON": "true",
        "VIRTUAL_ENV": "{python}",
    },
    plugins=("poetry-plugin-pypi-mirror==0.6.5",),
)
UV = PackageManager(
    "uv",
    "uv.lock",
    "",
    "uv sync --locked --no-default-groups",
    ("pyproject.toml", "uv.toml"),
    {
        "UV_LINK_MODE": "hardlink",
        "UV_PROJECT_ENVIRONMENT": "{python}",
        "UV_PYTHON_DOWNLOADS": "never",
    },
)
MANAGERS = (PIPENV, PIP, POETRY, UV)
"""In the order of the buildpack's messages."""

PYTHON_FILES = (
    ".python-version",
    "__init__.py",
    "app.py",
    "main.py",
    "manage.py",
    "pdm.lock",
    "Pipfile",
    "pyproject.toml",
    "runtime.txt",
    "server.py",
    "setup.cfg",
    "setup.py",
    "requirement.txt",
    "requirements",
    "requirements.text",
    "Requirements.txt",
    "requirements.txt.txt",
    "__pycache__",
    ".venv",
    "venv",
)
"""Other files that make a source a Python app (bin/detect)."""


def is_python(app: Path) -> bool:
    """Return whether the files in the top folder make a source a Python app."""
    names = (*(manager.file for manager in MANAGERS), *PYTHON_FILES)
    return any((app / name).exists() for name in names)


def find(app: Path) -> PackageManager | None:
    """Return the only package manager with a file in the app's top folder, or None."""
    found = _found(app)
    return found[0] if len(found) == 1 else None


def of_source(app: Path) -> PackageManager:
    """Return the package manager of a source.

    Raises:
        BuildFailed: there is none, more than one, or a Pipfile without its lock.
    """
    if (app / "Pipfile").is_file() and not (app / PIPENV.file).is_file():
        raise BuildFailed(
            f"No '{PIPENV.file}' found: a Pipfile alone does not pin versions; run `pipenv lock`, "
            f"and commit {PIPENV.file}"
        )
    found = _found(app)
    if len(found) > 1:
        labels = ", ".join(manager.label for manager in found)
        raise BuildFailed(
            f"Multiple Python package manager files were found: {labels}; keep that of the package "
            "manager that you use, and delete the others"
        )
    if not found:
        raise BuildFailed(_missing(app))
    return found[0]


def build_variables(manager: PackageManager, python: Path) -> dict[str, str]:
    """Return what the manager adds to a build's environment, with the app's Python in a folder."""
    return {name: value.format(python=python) for name, value in manager.variables.items()}


def dyno_variables(manager: PackageManager, python: Path) -> dict[str, str]:
    """Return what the manager adds to a dyno's environment."""
    return build_variables(manager, python) if manager.runs_in_dynos else {}


def _found(app: Path) -> list[PackageManager]:
    return [manager for manager in MANAGERS if (app / manager.file).is_file()]


def _missing(app: Path) -> str:
    if (app / "setup.py").is_file():
        return (
            "Implicit setup.py file support has been sunset: write `--editable .` into "
            f"{PIP.file}, or add a lock file of uv, Poetry or Pipenv"
        )
    files = [manager.file for manager in MANAGERS]
    if where := misplaced(app, files):
        return where
    problem = (
        "Couldn't find any supported Python package manager files"
        if is_python(app)
        else NOT_DETECTED
    )
    names = f"{', '.join(files[:-1])} or {files[-1]}"
    return (
        f"{problem}: the source has no {names} in its top folder; add that of your package manager"
    )
