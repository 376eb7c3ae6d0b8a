"""`dynostack check --fix`: fix errors that need no decision, at the place of their diagnostic.

This module tries each edit on a copy of the stacks' files first.  It keeps the edit if the
diagnostic is gone and no new one appears at the same place or about the file's YAML.  It never
changes or shows a line with a value that may be secret.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import yaml

from dynostack.check import edits
from dynostack.check.edits import Edit
from dynostack.check.pins import pinned
from dynostack.environment import Diagnostic, EnvironmentErrors, catalogue, examine
from dynostack.environment.diagnostics.codes import codes
from dynostack.environment.diagnostics.diagnostic import Position, in_file_order
from dynostack.environment.diagnostics.secret_detection import HIDDEN
from dynostack.environment.diagnostics.yaml_tree import SourceSpan
from dynostack.environment.source.environment_file import EnvironmentFile
from dynostack.environment.source.project_folder import ProjectFolder
from dynostack.environment.source.redaction import is_named_as_secret
from localheroku.core.atomic_files import rewrite

WRONG_KIND = "DS118"
RETIRED_PLAN = "DS201"
NOT_PINNED = "DS503"
LAST_ABOUT_SHAPE, LAST_ABOUT_KEYS = "DS113", "DS115"
"""The last code about the file's YAML, and the last code about unknown keys."""

TYPO = 0.85
"""Minimum similarity, from 0 to 1, of a known name and one that is not a newer name but a typo."""

ENDS_HERE = re.compile(r"\s*([;#].*)?")
"""The text that may follow a requirement's versions on its line."""


@dataclass(frozen=True)
class FixedFile:
    """A file that was changed."""

    file: str
    difference: str
    """A unified diff, without the lines around the changes."""


def fix(
    project: Path, stacks: Sequence[str] | None, *, project_rules: bool = True
) -> list[FixedFile]:
    """Fix what is safe to fix in stacks' files and in the requirements of their source.

    Args:
        project: the folder that contains Pulumi.yaml.
        stacks: the stacks to fix; None for all that have a file.
        project_rules: whether to run the rules of the project's own `config` package.

    Returns:
        The files that were changed.
    """
    stacks = ProjectFolder(project).stacks if stacks is None else stacks
    with tempfile.TemporaryDirectory() as folder:
        copy = _Copy(project, Path(folder), project_rules)
        for stack in stacks:
            while copy.fix_one(stack):
                pass
        changed = copy.changes() | _requirements(project, copy, stacks)
    for file, (_, after) in changed.items():
        rewrite(project / file, after)
    return [FixedFile(file, edits.difference(file, *texts)) for file, texts in changed.items()]


class _Copy:
    """A copy of the project: links to all its files, except for stacks' files that were edited."""

    def __init__(self, project: Path, folder: Path, project_rules: bool) -> None:
        self.folder, self.project_rules = folder, project_rules
        for path in project.resolve().iterdir():
            (folder / path.name).symlink_to(path)
        self._before: dict[str, str] = {}

    def diagnostics(self, stack: str) -> tuple[Diagnostic, ...]:
        return examine(stack, self.folder, project_rules=self.project_rules).diagnostics

    def _page(self, stack: str) -> EnvironmentFile | None:
        try:
            return ProjectFolder(self.folder, self.project_rules).page(stack)
        except EnvironmentErrors:
            return None

    def changes(self) -> dict[str, tuple[str, str]]:
        """Return the text before and after of each changed file, by file."""
        return {file: (text, edits.read(self.folder / file)) for file, text in self._before.items()}

    def fix_one(self, stack: str) -> bool:
        """Fix the first error of a stack's file that can be fixed; return False if none can."""
        page, file = self._page(stack), f"Pulumi.{stack}.yaml"
        if page is None:
            return False
        before, text = self.diagnostics(stack), edits.read(self.folder / file)
        for each in before:
            edit = _edit(each, page, text) if each.file == file else None
            if edit and self._take(stack, edit, text, before):
                return True
        return False

    def _take(self, stack: str, edit: Edit, text: str, before: Sequence[Diagnostic]) -> bool:
        self._write(edit.file, edit.of(text))
        if _is_better(edit, before, self.diagnostics(stack)):
            self._before.setdefault(edit.file, text)
            return True
        self._write(edit.file, text)
        return False

    def _write(self, file: str, text: str) -> None:
        path = self.folder / file
        path.unlink()  # a link to the project's own file, which must not be written
        path.write_bytes(text.encode("utf-8"))


def _edit(diagnostic: Diagnostic, page: EnvironmentFile, text: str) -> Edit | None:
    place = diagnostic.place
    here = [
        (path, span)
        for path, span in page.tree.spans.items()
        if place is not None and place in {span.key, span.value}
    ]
    if place is None or len(here) != 1:
        return None
    path, span = here[0]
    old = edits.stretch(diagnostic.file, text, place)
    new = _instead(diagnostic, old, span)
    if not new or new == old or HIDDEN.intersection(path):
        return None
    brings_secrets = new.rpartition(":")[2] in HIDDEN
    if _has_secrets(page, place.line, path if brings_secrets else ()):
        return None
    return Edit(diagnostic.file, place, new, is_key=place == span.key)


def _has_secrets(page: EnvironmentFile, line: int, misnamed: tuple[str | int, ...]) -> bool:
    """Return whether a line has a value that is, or may be, a secret.

    Args:
        page: the stack's file.
        line: the line's number, from 1.
        misnamed: the path of a misspelled key that contains secrets, or an empty path.
    """
    return "secure" in page.lines[line - 1] or any(
        span.kind not in {"keys", "list"}
        and span.value.line <= line <= span.until[0]
        and (
            span.kind == "secret"
            or HIDDEN.intersection(path[:-1])
            or is_named_as_secret(path, span)
            or _inside(path, misnamed)
        )
        for path, span in page.tree.spans.items()
    )


def _inside(path: tuple[str | int, ...], other: tuple[str | int, ...]) -> bool:
    return bool(other) and len(path) > len(other) and path[: len(other)] == other


def _instead(diagnostic: Diagnostic, old: str, span: SourceSpan) -> str | None:
    """Return the text that replaces the old one; None if a person has to decide."""
    quote = old[0] if old[:1] in {"'", '"'} and len(old) > 1 and old[-1] == old[0] else ""
    plain = old[1:-1] if quote else old
    if diagnostic.code == WRONG_KIND:
        same = {f'"{span.text}"', span.text, "true", "false"}
        return diagnostic.suggestion if diagnostic.suggestion in same else None
    name = _meant(diagnostic, plain)
    if name is None:
        return None
    return f"{quote}{name}{quote}" if quote or _is_text(name) else f'"{name}"'


def _meant(diagnostic: Diagnostic, name: str) -> str | None:
    """Return the intended name, or None if it is ambiguous."""
    if diagnostic.code == RETIRED_PLAN:
        gone = catalogue.POSTGRES_PLANS.retired.get(name)
        return gone.instead if gone else "".join(diagnostic.near) or None
    only_case = [each for each in diagnostic.near if each.casefold() == name.casefold()]
    if len(only_case) == 1:
        return only_case[0]
    if len(diagnostic.near) != 1 or _may_be_newer(diagnostic, name):
        return None
    return diagnostic.near[0]


def _may_be_newer(diagnostic: Diagnostic, name: str) -> bool:
    """Return whether the name may be newer than the catalogue, such as heroku-28 or eu-north."""
    known = diagnostic.near[0]
    numbers, known_numbers = (re.findall("[0-9]+", each) for each in (name, known))
    is_typo = numbers == known_numbers and SequenceMatcher(None, name, known).ratio() >= TYPO
    return codes()[diagnostic.code].severity == "warning" and not is_typo


def _is_text(name: str) -> bool:
    return isinstance(yaml.safe_load(name), str)


def _is_better(edit: Edit, before: Sequence[Diagnostic], after: Sequence[Diagnostic]) -> bool:
    """Return whether an edit fixed its error.

    New errors below a corrected key do not count: the misspelled key hid them.
    """
    here = [each for each in after if each.severity == "error" and _starts_at(each, edit.place)]
    about_keys = [each for each in here if each.code <= LAST_ABOUT_KEYS]
    return not (about_keys if edit.is_key else here) and _shape(after) <= _shape(before)


def _starts_at(diagnostic: Diagnostic, place: Position) -> bool:
    found = diagnostic.place
    return found is not None and (found.line, found.column) == (place.line, place.column)


def _shape(diagnostics: Sequence[Diagnostic]) -> int:
    """Return the number of errors in the file as YAML, including duplicate keys."""
    return sum(each.code <= LAST_ABOUT_SHAPE for each in diagnostics)


def _requirements(project: Path, copy: _Copy, stacks: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Pin requirements without an exact version; return each file's text before and after."""
    changed: dict[str, tuple[str, str]] = {}
    found = {each for stack in stacks for each in copy.diagnostics(stack)}
    for each in in_file_order(found):
        if each.code == NOT_PINNED and each.place:
            text = edits.read(project / each.file)
            before, after = changed.get(each.file, (text, text))
            if edit := _pin(each.file, each.place, after, project):
                changed[each.file] = (before, edit.of(after))
    return changed


def _pin(file: str, place: Position, text: str, project: Path) -> Edit | None:
    line = edits.line(file, text, place.line)
    rest = line[place.column - 1 + place.width :]
    if "://" in line or "--hash" in text or not ENDS_HERE.fullmatch(rest):
        return None
    new = pinned(edits.stretch(file, text, place), project / file, project)
    return Edit(file, place, new) if new else None
