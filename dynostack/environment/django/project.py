"""What an environment declares, together with the source that it builds."""

from functools import cached_property
from pathlib import Path

from dynostack.environment.django import modules
from dynostack.environment.django.declared import Declared
from dynostack.environment.django.env_usage import SettingsUsage
from dynostack.environment.django.modules import Module, NotPython
from dynostack.environment.django.procfile import Procfile
from dynostack.environment.django.requirements import Packages
from dynostack.environment.django.source import Settings, Source
from dynostack.environment.django.text import SourceFolder


class Project:
    """One environment and its source."""

    def __init__(
        self, declared: Declared, directory: Path, known: dict[object, object] | None = None
    ) -> None:
        """`known` keeps what was read of a source, for the next environment that builds it."""
        self.declared = declared
        place = (__name__, directory, declared.source)
        source = known.get(place) if known else None
        if not isinstance(source, Source):
            source = Source(SourceFolder(directory / declared.source, declared.source))
        if known is not None:
            known[place] = source
        self.source = source
        self.folder = source.folder

    @property
    def is_there(self) -> bool:
        """Whether there is a folder that Heroku builds as Python."""
        return bool(self.declared.source) and self.declared.python and self.folder.is_there

    @property
    def is_python(self) -> bool:
        """Whether the top of the folder shows that it is Python."""
        return self.source.is_python

    @property
    def managers(self) -> list[str]:
        """The files at the top that name a package manager."""
        return self.source.managers

    @property
    def packages(self) -> Packages:
        """What a build installs."""
        return self.source.packages

    @property
    def procfile(self) -> Procfile | None:
        """The Procfile, where there is one."""
        return self.source.procfile

    @property
    def settings_name(self) -> str:
        """The settings module that is used; nothing where that cannot be said."""
        if modules.SETTINGS_VARIABLE in self.declared.config_vars:
            return self.declared.config_vars[modules.SETTINGS_VARIABLE] or ""
        return self.source.settings_of_manage

    @property
    def wsgi(self) -> str:
        """The module that a web server starts: the one there is, else where Django puts it."""
        there = self.folder.names("*/wsgi.py")
        package = self.settings_name.partition(".")[0]
        if there and f"{package}/wsgi.py" not in there:
            return there[0].removesuffix(".py").replace("/", ".")
        return f"{package}.wsgi" if package else ""

    @property
    def settings_roots(self) -> list[str]:
        """The folders in which the settings module is found."""
        return self._settings.roots

    @property
    def settings(self) -> Module | NotPython | None:
        """The settings with all they import; None where they cannot be found for sure."""
        return self._settings.module

    @property
    def reading(self) -> SettingsUsage | None:
        """What the settings read, where they are understood."""
        return self._settings.reading

    @cached_property
    def _settings(self) -> Settings:
        return self.source.settings(self.settings_name)
