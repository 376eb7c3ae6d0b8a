"""The edit of a stack's file that names what is managed elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dynostack.comparison.difference import Kind
from dynostack.comparison.edits import Edit
from dynostack.drift.command import DriftCommand
from dynostack.drift.errors import DriftUnknown
from dynostack.drift.file_change import edited, write_confirmed
from dynostack.drift.items import chosen, refuse_unknown
from dynostack.secrets.secrets_file import SecretsFile

SECTION = "elsewhere"
DONE = 0


@dataclass(frozen=True)
class IgnoreCommand:
    """One call of the command for one stack."""

    drift: DriftCommand
    items: Sequence[str]
    """The items that are managed elsewhere, such as maintenance."""
    agree: Callable[[str], bool]
    """Asks a yes-or-no question and returns the answer."""
    show: Callable[[str], None] = field(repr=False)
    """Prints the difference of the file."""

    def run(self) -> int:
        """Name the items in the section `elsewhere` of the file; change nothing else.

        Returns:
            The exit code, 0.

        Raises:
            DriftUnknown: an item is no difference, or the file says it; nothing was changed.
            ApiError: Heroku does not answer.
            EngineFailed: the engine failed.
        """
        found = self.drift.run()
        refuse_unknown((*found.differences, *found.unsaid), self.items)
        for each in chosen(found.differences, self.items):
            if each.kind is not Kind.ADDED:
                raise DriftUnknown(
                    f"{each.item} is {each.kind}, not added: the file says it, so the next apply"
                    " brings it back; nothing was changed\n      = accept it, revert it, or remove"
                    " it from the file"
                )
        name = self.drift.name
        file = SecretsFile.read(self.drift.workspace.project, name)
        edits = [Edit((SECTION,), item, item) for item in self.items]
        text = edited(file, name, edits, "nothing was changed")
        write_confirmed(file, name, text, self.agree, self.show)
        self.drift.say(f"wrote Pulumi.{name}.yaml; nothing on Heroku was changed")
        return DONE
