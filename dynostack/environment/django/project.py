"""An environment's declarations together with the source that it builds."""

from collections.abc import Callable, Iterable
from functools import cached_property, partial, wraps
from pathlib import Path

from dynostack.environment.checkout.errors import IncompleteCheckout
from dynostack.environment.checkout.files import built_names
from dynostack.environment.diagnostics.finding import Finding
from dynostack.environment.diagnostics.rule import RuleContext
from dynostack.environment.django import locations
from dynostack.environment.django.declared import Declared
from dynostack.environment.django.env_usage import SettingsUsage
from dynostack.environment.django.modules import Module, NotPython
from dynostack.environment.django.procfile import Procfile
from dynostack.environment.django.requirements import Packages
from dynostack.environment.django.source import Live, Settings, Source
from dynostack.environment.django.text import SourceFolder


class Project:
    """One environment and its source."""

    def __init__(
        self, declared: Declared, directory: Path, known: dict[object, object] | None = None
    ) -> None:
        """Initialize; `known` caches sources for the next environment that builds the same one."""
        self.declared = declared
        place = (__name__, directory, declared.source)
        source = known.get(place) if known else None
        if not isinstance(source, Source):
            files = partial(built_names, directory, declared.source, known)
            source = Source(SourceFolder(directory / declared.source, declared.source, files))
        if known is not None:
            known[place] = source
        self.source = source
        self.folder = source.folder

    @classmethod
    def of(cls, context: RuleContext) -> "Project":
        """Return the project of an environment's file."""
        return context.own(_project)

    @property
    def is_there(self) -> bool:
        """Whether the source is a folder that Heroku builds as Python, with all its files."""
        if not (self.declared.source and self.declared.python and self.folder.is_there):
            return False
        try:
            return self.folder.files is not None
        except IncompleteCheckout:
            return False

    @property
    def is_python(self) -> bool:
        """Whether the files at the top level show that the source is Python."""
        return self.source.is_python

    @property
    def managers(self) -> list[str]:
        """The files of package managers at the top level."""
        return self.source.managers

    @property
    def packages(self) -> Packages:
        """The packages that a build installs."""
        return self.source.packages

    @property
    def procfile(self) -> Procfile | None:
        """The Procfile, or None if there is none."""
        return self.source.procfile

    @property
    def settings_name(self) -> str:
        """The settings module that is used, or "" if it is unknown."""
        if locations.SETTINGS_VARIABLE in self.declared.config_vars:
            return self.declared.config_vars[locations.SETTINGS_VARIABLE] or ""
        return self.source.settings_of_manage[0]

    @property
    def wsgi(self) -> str:
        """The module for a web server: the one that exists, or else where Django puts it."""
        there = self.folder.names("*/wsgi.py")
        package = self.settings_name.partition(".")[0]
        if there and f"{package}/wsgi.py" not in there:
            return there[0].removesuffix(".py").replace("/", ".")
        return f"{package}.wsgi" if package else ""

    @property
    def settings_roots(self) -> list[str]:
        """The folders that contain the settings module."""
        return self._settings.roots

    @property
    def settings(self) -> Module | NotPython | None:
        """The settings that run with the file's config vars, or None if they are not found."""
        whole = self._settings.module
        return self.live.module or whole if isinstance(whole, Module) else whole

    @property
    def whole_settings(self) -> Module | NotPython | None:
        """The settings with all their branches, or None if no single folder contains them."""
        return self._settings.module

    @property
    def reading(self) -> SettingsUsage | None:
        """The config vars that the settings read, or None if the text is not understood."""
        return self.live.reading

    @cached_property
    def live(self) -> Live:
        """What runs of the settings with the file's config vars."""
        variables = self.declared.variables(self.source.dotenv)
        return self._settings.live(variables, is_complete=self.declared.has_secrets)

    @cached_property
    def _settings(self) -> Settings:
        return self.source.settings(self.settings_name)


def _project(context: RuleContext) -> Project:
    declared = Declared.of(context.file, context.stack)
    return Project(declared, context.directory, context.known)


ProjectRule = Callable[[Project], Iterable[Finding]]


def once_for_all_stacks(rule: ProjectRule) -> ProjectRule:
    """Let a rule run once for all stacks that build the same source with the same live settings.

    The rule must not read what a stack declares.
    """

    @wraps(rule)
    def shared(project: Project) -> Iterable[Finding]:
        found = project.source.findings
        key = (rule, project.settings, project.reading)
        if key not in found:
            found[key] = tuple(rule(project))
        return found[key]

    return shared
