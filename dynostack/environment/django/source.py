"""The folder that is built; each of its files is read once for all stacks that build it."""

import ast
import re
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from dynostack.environment.diagnostics.finding import Elsewhere, Finding
from dynostack.environment.django import locations, python, python_support, requirements
from dynostack.environment.django.env_usage import SettingsUsage, all_of
from dynostack.environment.django.expressions import Reader
from dynostack.environment.django.live import live_tree
from dynostack.environment.django.modules import Module, Modules, NotPython
from dynostack.environment.django.procfile import PROCFILE, Procfile
from dynostack.environment.django.text import SourceFolder

PYTHON_FILES = (
    *(".python-version", "__init__.py", "app.py", "main.py", "manage.py", "pdm.lock", "Pipfile"),
    *("Pipfile.lock", "poetry.lock", "pyproject.toml", "requirements.txt", "runtime.txt"),
    *("server.py", "setup.cfg", "setup.py", "uv.lock"),
)
"""Heroku treats a source as Python if one of these is at its top level.
https://github.com/heroku/heroku-buildpack-python/blob/main/bin/detect (v351)"""


_SETS = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=")


class Settings:
    """A settings module of the source, as far as its text is understood."""

    def __init__(self, folder: SourceFolder, name: str, version: str = "") -> None:
        """Initialize.

        Args:
            folder: the source.
            name: the settings module.
            version: the Python version that the project asks for.
        """
        self.name = name
        self.roots = locations.roots(folder, name) if name else []
        """The folders that contain it; there should be exactly one."""
        self.module: Module | NotPython | None = None
        self.reading: SettingsUsage | None = None
        """The config vars that it reads, or None if the text is not understood."""
        self._folder, self._version = folder, version
        self._live: dict[object, Live] = {}
        if len(self.roots) == 1:
            self._read(Modules(folder, self.roots[0], version))

    def _read(self, known: Modules) -> None:
        try:
            self.module = known.read(self.name)
        except NotPython as error:
            self.module = error
            return
        if self.module and self.module.tree.body and known.complete:
            self.reading = SettingsUsage(all_of(self.module))

    def live(self, variables: Mapping[str, str | None], *, is_complete: bool) -> "Live":
        """Return what runs with an app's config vars.

        Args:
            variables: the config vars of the app; a value of None is unknown.
            is_complete: whether the app is known to have no other config vars.
        """
        reader = Reader(variables, is_complete=is_complete)
        if not isinstance(self.module, Module) or self.reading is None:
            module = self.module if isinstance(self.module, Module) else None
            return Live(module, None, reader)
        named = {key: value for key, value in variables.items() if self.reading.mentions(key)}
        key = (is_complete, *sorted(named.items(), key=str))
        if key not in self._live:
            self._live[key] = self._pruned(self.module, reader)
        return self._live[key]

    def _pruned(self, module: Module, reader: Reader) -> "Live":
        whole = {each.name: each for each in all_of(module)}

        def prune(name: str, tree: ast.Module) -> ast.Module:
            return live_tree(whole[name], reader) if name in whole else tree

        found = Modules(self._folder, self.roots[0], self._version, prune).read(self.name)
        modules = all_of(found) if found else []
        return Live(found, SettingsUsage(modules), reader, tuple(modules))


class Live(NamedTuple):
    """The settings without the branches that do not run with an app's config vars."""

    module: Module | None
    reading: SettingsUsage | None
    """The config vars that they read, or None if the text is not understood."""
    reader: Reader
    """Evaluates the settings with the config vars."""
    modules: tuple[Module, ...] = ()


class Source:
    """The contents of the folder, independent of any stack."""

    def __init__(self, folder: SourceFolder) -> None:
        self.folder = folder
        self._settings: dict[str, Settings] = {}
        self.findings: dict[object, tuple[Finding, ...]] = {}
        """Findings that do not depend on what a stack declares."""

    @cached_property
    def is_python(self) -> bool:
        """Whether the files at the top level show that the source is Python."""
        return any(map(self.folder.has, PYTHON_FILES))

    @cached_property
    def managers(self) -> list[str]:
        """The files of package managers at the top level."""
        return requirements.managers(self.folder)

    @cached_property
    def misplaced_managers(self) -> list[str]:
        """The files of package managers in subfolders, if the top level has none."""
        if self.managers:
            return []
        return [name for file in requirements.MANAGERS for name in self.folder.names(f"*/{file}")]

    @property
    def is_built_here(self) -> bool:
        """Whether this folder is built as Python, and not a subfolder that has the requirements."""
        return self.is_python and not self.misplaced_managers

    @cached_property
    def packages(self) -> requirements.Packages:
        """The packages that a build installs; incomplete unless one manager's file is there."""
        if len(self.managers) != 1:
            return requirements.Packages(complete=False)
        return requirements.packages(self.folder, self.managers[0])

    @cached_property
    def procfile(self) -> Procfile | None:
        """The Procfile, or None if there is none."""
        text = self.folder.read(PROCFILE)
        return Procfile.of(text) if text else None

    @cached_property
    def dotenv(self) -> frozenset[str]:
        """The names in files of config vars that the source has, which settings may read."""
        texts = (self.folder.read(name) for name in self.folder.ending(".env"))
        lines = (line for text in texts if text for line in text.lines)
        return frozenset(found[1] for line in lines if (found := _SETS.match(line)))

    @cached_property
    def settings_of_manage(self) -> tuple[str, Elsewhere | None]:
        """The settings module that manage.py names, or "", and where it does."""
        return locations.settings_of_manage(self.folder)

    @cached_property
    def manage(self) -> str:
        """The manage.py that a build runs, or ""."""
        return locations.manage_file(self.folder)

    @cached_property
    def suggested_python(self) -> str:
        """The newest Python that Heroku offers and the packages accept."""
        return python_support.suggested(self.folder, self.packages)

    @cached_property
    def python(self) -> str:
        """The Python version that a build installs, such as 3.14."""
        asked = python.asked(self.folder)
        return (asked and asked[1].version) or python.DEFAULT

    def settings(self, name: str) -> Settings:
        """Return a settings module of the source."""
        if name not in self._settings:
            self._settings[name] = Settings(self.folder, name, self.python)
        return self._settings[name]
