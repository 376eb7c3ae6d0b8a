"""Loading of `Pulumi.<stack>.yaml`: a validated Environment, or diagnostics of every error."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import partial
from itertools import zip_longest
from pathlib import Path

from pydantic import SecretStr

from dynostack.environment.diagnostics.diagnostic import (
    Diagnostic,
    EnvironmentErrors,
    in_file_order,
)
from dynostack.environment.diagnostics.finding import Finding
from dynostack.environment.diagnostics.finding import Path as Keys
from dynostack.environment.diagnostics.rule import RuleContext
from dynostack.environment.django.source import Source
from dynostack.environment.environment import Environment
from dynostack.environment.rules import RULES
from dynostack.environment.severities.exemptions import MARK
from dynostack.environment.source.encrypted_values import KeyOfSalt, no_passphrase
from dynostack.environment.source.examined import Examined
from dynostack.environment.source.project_folder import ProjectFolder
from dynostack.environment.source.shared_work import shared
from dynostack.environment.source.validation import validated


def load(
    stack: str, directory: Path | None = None, decrypted: Mapping[str, object] | None = None
) -> Environment:
    """Return the environment of a stack, see `examine`.

    Raises:
        EnvironmentErrors: if the file has errors; it holds all of them.
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
    draft: str | None = None,
) -> Examined:
    """Read and validate the environment of a stack, without network access or decryption.

    This also runs the project's own rules: it imports the `config` package, see `project_model`.

    Args:
        stack: name of the stack; its file is `Pulumi.<stack>.yaml`.
        directory: where Pulumi.yaml is; the current directory by default.
        decrypted: section -> its value with secrets in plain text, from the engine.  Only secrets
            are taken from it; all other values must equal those of the file.  Without it every
            secret is "".
        today: the day to compare with dates in the catalogue; by default today in UTC.
        project_rules: whether to run the project's own `config` package.
        draft: a text to examine instead of the stack's file.

    Returns:
        The environment, if there are no errors, and the diagnostics.
    """
    drafts = {} if draft is None else {f"Pulumi.{stack}.yaml": draft}
    folder = ProjectFolder(directory or Path.cwd(), project_rules, drafts=drafts)
    return _examine(folder, stack, today, decrypted)


def examine_all(
    directory: Path | None = None,
    stacks: Iterable[str] | None = None,
    today: date | None = None,
    *,
    project_rules: bool = True,
    key_of_salt: KeyOfSalt = no_passphrase,
    processes: int = 1,
) -> Iterator[Examined]:
    """Examine several stacks of one folder, by default all that have a file; see `examine`.

    Values whose passphrase is known are decrypted, to report those that have another key.

    Args:
        directory: where Pulumi.yaml is; the current directory by default.
        stacks: the stacks' names; None for all that have a file.
        today: see `examine`.
        project_rules: see `examine`.
        key_of_salt: decrypts the values whose passphrase is known.
        processes: how many processes share the work if `stacks` is None.  If there are several,
            each result has only diagnostics, and its environment is None.
    """
    folder = ProjectFolder(directory or Path.cwd(), project_rules, key_of_salt=key_of_salt)
    names = folder.stacks if stacks is None else list(stacks)
    examine = partial(_examine, folder, today=today, decrypted=None)
    is_shared = processes > 1 and stacks is None
    found = shared(processes, folder, examine) if is_shared else map(examine, names)
    for index, examined in enumerate(found, 1):
        is_last = index == len(names) and set(folder.stacks) <= set(names)
        yield _with(examined, _unused_exemptions(folder), folder) if is_last else examined


def _examine(
    folder: ProjectFolder, stack: str, today: date | None, decrypted: Mapping[str, object] | None
) -> Examined:
    try:
        settings, page = folder.settings, folder.page(stack)
    except EnvironmentErrors as errors:
        return Examined(stack, None, errors.diagnostics)
    with_secrets = page.sections
    if decrypted is not None:
        with_secrets = {
            section: _with_secrets(value, decrypted.get(section))
            for section, value in page.sections.items()
        }
    environment, found = validated(stack, page, folder.model, with_secrets)
    context = RuleContext(
        stack=stack,
        project=page.project,
        file=with_secrets,
        directory=folder.directory,
        today=today or datetime.now(UTC).date(),
        stacks=folder.stacks_of_names,
        known=folder.known,
    )
    found += [each for rule in RULES for each in rule(context)]
    if decrypted is not None and environment:
        found += _unlike(page.sections, decrypted, ())
    severities = {each.code: settings.severity(each.code, stack) for each in (*page.odd, *found)}
    kept = page.diagnostics(each for each in (*page.odd, *found) if severities[each.code])
    kept = tuple(each._replace(severity=severities[each.code] or "error") for each in kept)
    return _with_exemptions(Examined(stack, environment, kept), page.file, folder)


def _with_exemptions(examined: Examined, file: str, folder: ProjectFolder) -> Examined:
    """Leave out the diagnostics of exempt lines, and add those about the comments themselves.

    While a file has errors, they may hide the findings that its comments are about.
    """
    exemptions = folder.exemptions
    remaining = examined._replace(diagnostics=tuple(exemptions.remaining(examined.diagnostics)))
    files = (file, *_files_with_comments(folder))
    about = [found for each in files for found in exemptions.invalid(each)]
    if not remaining.errors:
        about += exemptions.unused(file)
    return _with(remaining, about, folder)


def _unused_exemptions(folder: ProjectFolder) -> list[Diagnostic]:
    """Return diagnostics about unused exemptions in the source, once all stacks are examined."""
    files = _files_with_comments(folder)
    return [found for each in files for found in folder.exemptions.unused(each)]


def _files_with_comments(folder: ProjectFolder) -> list[str]:
    """Return the files of the source that were read and that may have exemptions."""
    sources = (each.folder for each in folder.known.values() if isinstance(each, Source))
    for text in (text for source in sources for text in source.texts):
        if text.file not in folder.marked:
            folder.marked[text.file] = MARK in text.content
    return [file for file, is_marked in folder.marked.items() if is_marked]


def _with(examined: Examined, more: Iterable[Diagnostic], folder: ProjectFolder) -> Examined:
    """Add diagnostics that are not about the environment, with the severities of the project."""
    chosen = (
        each._replace(severity=severity)
        for each in more
        if (severity := folder.settings.severity(each.code, examined.stack))
    )
    whole = examined._replace(diagnostics=in_file_order((*examined.diagnostics, *chosen)))
    return whole._replace(environment=None) if whole.errors else whole


def _with_secrets(root: object, decrypted: object) -> object:
    """Return the tree with the decrypted secrets; a secret that is not among them stays empty."""
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
    """Report values that differ from the file because of `--config` or `--config-file`."""
    if isinstance(written, dict) and isinstance(given, Mapping):
        for key in {**written, **given}:
            yield from _unlike(written.get(key), given.get(key), (*path, key))
    elif isinstance(written, list) and isinstance(given, list) and len(written) == len(given):
        for index, pair in enumerate(zip(written, given, strict=True)):
            yield from _unlike(*pair, (*path, index))
    elif not (written == given or (isinstance(written, SecretStr) and isinstance(given, str))):
        message = "Pulumi uses a value that differs from this file"
        yield Finding(
            path,
            "DS120",
            message,
            "the value in this file, and do not pass --config or --config-file",
        )
