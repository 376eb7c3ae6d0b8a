"""The project behind an environment, each of its files read when a rule first asks for it."""

from functools import cached_property
from pathlib import Path

from config.django import modules, requirements
from config.django.declared import Declared
from config.django.modules import Module, Modules, NotPython
from config.django.procfile import PROCFILE, Procfile
from config.django.reading import Reading, all_of
from config.django.text import Folder

PYTHON_FILES = (*requirements.MANAGERS, modules.MANAGE, "Pipfile", "pyproject.toml", "setup.py")
"""One of these at the top makes a source Python's.
https://github.com/heroku/heroku-buildpack-python/blob/main/bin/detect (v351)"""


class Project:
    """What an environment declares, and the folder it builds."""

    def __init__(self, declared: Declared, directory: Path) -> None:
        self.declared = declared
        self.folder = Folder(directory / declared.source, declared.source)

    @property
    def is_there(self) -> bool:
        """Whether there is a folder that Heroku builds as Python."""
        return bool(self.declared.source) and self.declared.python and _is_folder(self.folder.path)

    @cached_property
    def is_python(self) -> bool:
        """Whether the top of the folder shows that it is Python."""
        return any(map(self.folder.has, PYTHON_FILES))

    @cached_property
    def managers(self) -> list[str]:
        """The files at the top that name a package manager."""
        return requirements.managers(self.folder)

    @cached_property
    def packages(self) -> requirements.Packages:
        """What a build installs; not complete where that is not one file's to say."""
        if len(self.managers) != 1:
            return requirements.Packages(complete=False)
        return requirements.packages(self.folder, self.managers[0])

    @cached_property
    def procfile(self) -> Procfile | None:
        """The Procfile, where there is one."""
        text = self.folder.read(PROCFILE)
        return Procfile.of(text) if text else None

    @cached_property
    def settings_name(self) -> str:
        """The settings module that is used; nothing where that cannot be said."""
        if modules.SETTINGS_VARIABLE in self.declared.config_vars:
            return self.declared.config_vars[modules.SETTINGS_VARIABLE] or ""
        return modules.settings_of_manage(self.folder)

    @cached_property
    def settings_roots(self) -> list[str]:
        """The folders in which the settings module is found."""
        return modules.roots(self.folder, self.settings_name) if self.settings_name else []

    @cached_property
    def settings(self) -> Module | NotPython | None:
        """The settings with all they import; None where they cannot be found for sure."""
        if len(self.settings_roots) != 1:
            return None
        try:
            return Modules(self.folder, self.settings_roots[0]).read(self.settings_name)
        except NotPython as error:
            return error

    @cached_property
    def reading(self) -> Reading | None:
        """What the settings read, where they are understood."""
        return Reading(all_of(self.settings)) if isinstance(self.settings, Module) else None


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that is too long for any folder
        return False
