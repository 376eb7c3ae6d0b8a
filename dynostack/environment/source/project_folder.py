"""The files of a project's stacks, each read once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from dynostack.environment.diagnostics.diagnostic import Diagnostic, EnvironmentErrors, excerpt
from dynostack.environment.rules.stacks import names_of
from dynostack.environment.section import near, one_of
from dynostack.environment.severities import settings as severities
from dynostack.environment.severities.exemptions import Exemptions
from dynostack.environment.severities.settings import CheckSettings
from dynostack.environment.source import yaml_file
from dynostack.environment.source.encrypted_values import KeyOfSalt, no_passphrase
from dynostack.environment.source.environment_file import EnvironmentFile, printable
from dynostack.environment.source.project_model import ProjectModel, project_model
from dynostack.environment.source.yaml_file import Document, NotYaml

PROJECT_FILE = "Pulumi.yaml"
StacksOfNames = dict[tuple[str, str], list[str]]


@dataclass
class ProjectFolder:
    """A project's folder.  Its methods raise EnvironmentErrors if a file cannot be used."""

    directory: Path
    project_rules: bool = True
    """Whether the project's own `config` package is run."""
    known: dict[object, object] = field(default_factory=dict)
    """Results that rules read from other files, kept for the next stack."""
    marked: dict[str, bool] = field(default_factory=dict)
    """File of the source -> whether it may have comments that exempt lines from rules."""
    drafts: Mapping[str, str] = field(default_factory=dict)
    """A file's name -> the text to read instead of it."""
    key_of_salt: KeyOfSalt = no_passphrase
    """Decrypts the values whose passphrase is known."""
    _pages: dict[str, EnvironmentFile | EnvironmentErrors] = field(default_factory=dict)

    @cached_property
    def project(self) -> str:
        """The project's name."""
        root = self._read(PROJECT_FILE).tree.root
        name = root.get("name") if isinstance(root, dict) else None
        if isinstance(name, str):
            return name
        raise _error("DS119", PROJECT_FILE, "the project has no name", "a name, such as name: shop")

    @cached_property
    def model(self) -> ProjectModel:
        """The model that the files of the stacks are validated against."""
        return project_model(self.directory, run=self.project_rules)

    @cached_property
    def settings(self) -> CheckSettings:
        """The severities that the project chooses."""
        try:
            return severities.read((self.directory / severities.FILE).read_text("utf-8"))
        except severities.WrongSettings as error:
            raise EnvironmentErrors(error.diagnostics) from None
        except (OSError, UnicodeDecodeError):
            return CheckSettings()

    @cached_property
    def exemptions(self) -> Exemptions:
        """The comments that exempt lines of the project's files from rules."""
        return Exemptions(self._lines)

    @cached_property
    def stacks(self) -> list[str]:
        """The stacks that have a file, in alphabetical order."""
        names = (path.name for path in self.directory.glob("Pulumi.*.yaml"))
        return sorted(name.removeprefix("Pulumi.").removesuffix(".yaml") for name in names)

    def page(self, stack: str) -> EnvironmentFile:
        """Return the file of a stack.

        Raises:
            EnvironmentErrors: if it cannot be read.
        """
        if stack not in self._pages:
            self._pages[stack] = self._turned(stack)
        page = self._pages[stack]
        if isinstance(page, EnvironmentErrors):
            raise page
        return page

    def source(self, stack: str) -> str | None:
        """Return the folder that a stack builds, relative to the project's.

        Return None if the stack builds none, or if its file cannot be read, which a check reports.
        """
        try:
            app = self.page(stack).sections.get("app")
        except EnvironmentErrors:
            return None
        source = app.get("source") if isinstance(app, dict) else None
        return source if isinstance(source, str) else None

    @cached_property
    def stacks_of_names(self) -> StacksOfNames:
        """Kind and name -> the stacks that use it, without those that cannot be read."""
        return self.stacks_of_names_in(self.stacks)

    def stacks_of_names_in(self, stacks: Iterable[str]) -> StacksOfNames:
        """Return kind and name -> those of the given stacks that use it."""
        found: StacksOfNames = {}
        for stack in stacks:
            try:
                sections = self.page(stack).sections
            except EnvironmentErrors:
                continue  # reported when that stack itself is examined
            for kind_and_name in set(names_of(sections)):
                found.setdefault(kind_and_name, []).append(stack)
        return found

    def _lines(self, file: str) -> list[str]:
        page = self._pages.get(file.removeprefix("Pulumi.").removesuffix(".yaml"))
        if isinstance(page, EnvironmentFile) and page.file == file:
            return page.lines
        try:
            return (self.directory / file).read_text("utf-8").split("\n")
        except (OSError, ValueError):
            return []

    def _turned(self, stack: str) -> EnvironmentFile | EnvironmentErrors:
        file = f"Pulumi.{stack}.yaml"
        try:
            project, document = self.project, self._read(file, stack)
            model = self.model.environment
            return EnvironmentFile.of(file, project, document, model, self.key_of_salt)
        except EnvironmentErrors as errors:
            return errors

    def _read(self, file: str, stack: str = "") -> Document:
        try:
            if file in self.drafts:
                return yaml_file.read(self.drafts[file].encode())
            with (self.directory / file).open("rb") as opened:
                return yaml_file.read(opened.read(yaml_file.MOST_BYTES + 1))
        except NotYaml as error:
            source, start = excerpt(error.source, error.place)
            found = Diagnostic(
                error.code,
                "error",
                file,
                printable(error.message),
                printable(error.suggestion),
                error.place,
                source=source,
                source_start=start,
            )
            raise EnvironmentErrors([found]) from None
        except FileNotFoundError:
            raise self._not_there(file, stack) from None
        except OSError as error:
            message = f"the file cannot be read: {error.strerror}"
            raise _error(
                "DS102", file, message, "a regular file that you have permission to read"
            ) from None

    def _not_there(self, file: str, stack: str) -> EnvironmentErrors:
        if not stack:
            suggestion = f"{file}, or run the command in the folder that contains it"
            return _error("DS101", file, "the file does not exist", suggestion)
        suggestion = f"{file}, with config: and its sections"
        if self.stacks:
            suggestion = f"{one_of(stack, self.stacks)} as the stack's name"
        message = f'there is no file for the stack "{stack}"'
        return _error("DS101", file, message, suggestion, near(stack, self.stacks))


def _error(
    code: str, file: str, message: str, suggestion: str, near: tuple[str, ...] = ()
) -> EnvironmentErrors:
    return EnvironmentErrors([Diagnostic(code, "error", file, message, suggestion, near=near)])
