"""The edit of a stack's file that names what is managed elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import reduce

from dynostack.check.edits import difference
from dynostack.comparison.difference import Kind
from dynostack.comparison.edits import Edit
from dynostack.drift.command import DriftCommand
from dynostack.drift.errors import DriftUnknown
from dynostack.drift.items import chosen, refuse_unknown
from dynostack.environment import examine
from dynostack.environment.source.yaml_changes import NotChangeable
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
        name = self.drift.stack.rpartition("/")[2]
        file = SecretsFile.read(self.drift.workspace.project, name)
        try:
            text = reduce(
                lambda text, item: Edit((SECTION,), item, item).of(text, file.section_prefix),
                self.items,
                file.text,
            )
        except NotChangeable as error:
            raise DriftUnknown(f"{error}; nothing was changed") from None
        if errors := examine(name, file.project, draft=text).errors:
            raise DriftUnknown(f"{errors[0].headline}\n      = nothing was changed")
        self.show(f"{difference(f'Pulumi.{name}.yaml', file.text, text)}\n")
        if not self.agree("Write this to the file?"):
            raise DriftUnknown("not confirmed, so nothing was changed")
        file.write(text)
        self.drift.say(f"wrote Pulumi.{name}.yaml; nothing on Heroku was changed")
        return DONE
