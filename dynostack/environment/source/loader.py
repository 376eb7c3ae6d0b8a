"""From `Pulumi.<stack>.yaml` to a validated Environment, or to everything that is wrong with it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import zip_longest
from pathlib import Path

from pydantic import SecretStr

from dynostack.environment.diagnostics.diagnostic import Diagnostic, EnvironmentErrors
from dynostack.environment.diagnostics.finding import Finding
from dynostack.environment.diagnostics.finding import Path as Keys
from dynostack.environment.diagnostics.rule import RuleContext
from dynostack.environment.environment import Environment
from dynostack.environment.rules import RULES
from dynostack.environment.source.project_folder import ProjectFolder
from dynostack.environment.source.validation import validated


@dataclass(frozen=True)
class Examined:
    """What a stack's file says, and what is to be said about it."""

    stack: str
    environment: Environment | None
    """None when there are errors."""
    diagnostics: tuple[Diagnostic, ...]
    """Errors and warnings, in file order."""

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """What has to be changed before the stack can be declared."""
        return tuple(each for each in self.diagnostics if each.severity == "error")

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What does not stop the stack from being declared."""
        return tuple(each for each in self.diagnostics if each.severity == "warning")


def load(
    stack: str, directory: Path | None = None, decrypted: Mapping[str, object] | None = None
) -> Environment:
    """The environment of a stack, see `examine`.

    Raises:
        EnvironmentErrors: all that is wrong with the file.
    """
    examined = examine(stack, directory, decrypted)
    if examined.environment is None:
        raise EnvironmentErrors(examined.errors)
    return examined.environment


def examine(
    stack: str,
    directory: Path | None = None,
    decrypted: Mapping[str, object] | None = None,
    today: date | None = None,
    *,
    project_rules: bool = True,
) -> Examined:
    """Read and validate the environment of a stack; no network, no decryption.

    The project's own rules are part of it: its `config` package is imported, see `project_model`.

    Args:
        stack: name of the stack; its file is `Pulumi.<stack>.yaml`.
        directory: where Pulumi.yaml is; the current directory when absent.
        decrypted: section -> its value with secrets in plain text, as the engine gives it.  Only
            secrets are taken from it, and all else must be as in the file; without it every
            secret is "".
        today: the day that dates of the catalogue are compared with; absent, it is today in UTC.
        project_rules: whether the project's own `config` package is run.
    """
    return _examine(ProjectFolder(directory or Path.cwd(), project_rules), stack, today, decrypted)


def examine_all(
    directory: Path | None = None,
    stacks: Iterable[str] | None = None,
    today: date | None = None,
    *,
    project_rules: bool = True,
) -> Iterator[Examined]:
    """The same for several stacks of one folder, all that have a file when none is named."""
    folder = ProjectFolder(directory or Path.cwd(), project_rules)
    for stack in folder.stacks if stacks is None else stacks:
        yield _examine(folder, stack, today, None)


def _examine(
    folder: ProjectFolder, stack: str, today: date | None, decrypted: Mapping[str, object] | None
) -> Examined:
    try:
        page = folder.page(stack)
    except EnvironmentErrors as errors:
        return Examined(stack, None, errors.diagnostics)
    with_secrets = {
        section: _with_secrets(value, (decrypted or {}).get(section))
        for section, value in page.sections.items()
    }
    environment, found = validated(stack, page, folder.model, with_secrets)
    context = RuleContext(
        stack=stack,
        project=page.project,
        file=with_secrets,
        directory=folder.directory,
        today=today or datetime.now(UTC).date(),
        apps=folder.apps,
        known=folder.known,
    )
    found += [each for rule in RULES for each in rule(context)]
    if decrypted is not None and environment:
        found += _unlike(page.sections, decrypted, ())
    examined = Examined(stack, environment, page.diagnostics([*page.odd, *found]))
    return Examined(stack, None, examined.diagnostics) if examined.errors else examined


def _with_secrets(root: object, decrypted: object) -> object:
    """The tree with the secrets that the engine decrypted; one it did not give stays empty."""
    if isinstance(root, SecretStr):
        return SecretStr(decrypted) if isinstance(decrypted, str) else root
    if isinstance(root, dict):
        given = decrypted if isinstance(decrypted, Mapping) else {}
        return {key: _with_secrets(value, given.get(key)) for key, value in root.items()}
    if isinstance(root, list):
        entries = decrypted if isinstance(decrypted, list) else []
        return [_with_secrets(*pair) for pair in zip_longest(root, entries[: len(root)])]
    return root


def _unlike(written: object, given: object, path: Keys) -> Iterator[Finding]:
    """Where the engine has another value than the file, as with `--config` or `--config-file`."""
    if isinstance(written, dict) and isinstance(given, Mapping):
        for key in {**written, **given}:
            yield from _unlike(written.get(key), given.get(key), (*path, key))
    elif isinstance(written, list) and isinstance(given, list) and len(written) == len(given):
        for index, pair in enumerate(zip(written, given, strict=True)):
            yield from _unlike(*pair, (*path, index))
    elif not (written == given or (isinstance(written, SecretStr) and isinstance(given, str))):
        message = "pulumi was given another value than this file has"
        yield Finding(path, "DS120", message, "it in this file")
