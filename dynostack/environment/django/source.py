"""The folder that is built; each of its files is read once for all stacks that build it."""

from functools import cached_property

from dynostack.environment.django import modules, requirements
from dynostack.environment.django.env_usage import SettingsUsage, all_of
from dynostack.environment.django.modules import Module, Modules, NotPython
from dynostack.environment.django.procfile import PROCFILE, Procfile
from dynostack.environment.django.text import SourceFolder

PYTHON_FILES = (*requirements.MANAGERS, modules.MANAGE, "Pipfile", "pyproject.toml", "setup.py")
"""Heroku treats a source as Python if one of these is at its top level.
https://github.com/heroku/heroku-buildpack-python/blob/main/bin/detect (v351)"""


class Settings:
    """A settings module of the source, as far as its text is understood."""

    def __init__(self, folder: SourceFolder, name: str) -> None:
        self.name = name
        self.roots = modules.roots(folder, name) if name else []
        """The folders that contain it; there should be exactly one."""
        self.module: Module | NotPython | None = None
        self.reading: SettingsUsage | None = None
        """The config vars that it reads, or None if the text is not understood."""
        if len(self.roots) == 1:
            self._read(Modules(folder, self.roots[0]))

    def _read(self, known: Modules) -> None:
        try:
            self.module = known.read(self.name)
        except NotPython as error:
            self.module = error
            return
        if self.module and known.complete:
            self.reading = SettingsUsage(all_of(self.module))


class Source:
    """The contents of the folder, independent of any stack."""

    def __init__(self, folder: SourceFolder) -> None:
        self.folder = folder
        self._settings: dict[str, Settings] = {}

    @cached_property
    def is_python(self) -> bool:
        """Whether the files at the top level show that the source is Python."""
        return any(map(self.folder.has, PYTHON_FILES))

    @cached_property
    def managers(self) -> list[str]:
        """The files of package managers at the top level."""
        return requirements.managers(self.folder)

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
    def settings_of_manage(self) -> str:
        """The settings module that manage.py names, or ""."""
        return modules.settings_of_manage(self.folder)

    def settings(self, name: str) -> Settings:
        """Return a settings module of the source."""
        if name not in self._settings:
            self._settings[name] = Settings(self.folder, name)
        return self._settings[name]
