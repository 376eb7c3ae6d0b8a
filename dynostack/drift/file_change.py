"""The change of a stack's file that a person confirms."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dynostack.check.edits import difference
from dynostack.comparison.edits import Edit
from dynostack.drift.errors import DriftUnknown
from dynostack.environment import examine
from dynostack.environment.source.yaml_changes import NotChangeable
from dynostack.secrets.secrets_file import SecretsFile


def edited(file: SecretsFile, stack: str, edits: Iterable[Edit], advice: str) -> str:
    """Return the text of a file with some edits.

    Args:
        file: the file.
        stack: the stack's name.
        edits: the edits, in which secrets are encrypted.
        advice: what to do if the file would have an error.

    Raises:
        DriftUnknown: an edit is not possible, or the file would have an error.
    """
    text = file.text
    try:
        for edit in edits:
            text = edit.of(text, file.section_prefix)
    except NotChangeable as error:
        raise DriftUnknown(f"{error}; nothing was changed") from None
    if errors := examine(stack, file.project, draft=text).errors:
        raise DriftUnknown(f"{errors[0].headline}\n      = {advice}")
    return text


def write_confirmed(
    file: SecretsFile,
    stack: str,
    text: str,
    agree: Callable[[str], bool],
    show: Callable[[str], None],
) -> None:
    """Show the difference of a file, ask, and write the text.

    Raises:
        DriftUnknown: the answer was no.
        SecretRefused: the file has changed meanwhile.
    """
    show(f"{difference(f'Pulumi.{stack}.yaml', file.text, text)}\n")
    if not agree("Write this to the file?"):
        raise DriftUnknown("not confirmed, so nothing was changed")
    file.write(text)
