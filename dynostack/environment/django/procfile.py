"""The Procfile: the command of each process type.

https://devcenter.heroku.com/articles/procfile
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from dynostack.environment.diagnostics.diagnostic import Position
from dynostack.environment.django.text import Text

PROCFILE = "Procfile"
NEVER_SCALED = "release"
"""The process type that runs once before each release.

https://devcenter.heroku.com/articles/release-phase
"""

_LINE = re.compile(r"(?P<type>[-\w]{1,128})\s*:\s*(?P<command>\S.*?)\s*")


class ProcfileEntry(NamedTuple):
    """One line of the Procfile."""

    type: str
    place: Position
    """The place of the process type."""
    command: str
    command_place: Position


@dataclass
class Procfile:
    """The lines of a Procfile: the valid entries, and the places of invalid lines."""

    text: Text
    processes: list[ProcfileEntry] = field(default_factory=list)
    odd: list[Position] = field(default_factory=list)

    @classmethod
    def of(cls, text: Text) -> "Procfile":
        """Parse every line of a Procfile."""
        found = cls(text)
        for number, line in enumerate(text.lines, start=1):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            if matched := _LINE.fullmatch(line):
                found.processes.append(_process(number, matched))
            else:
                start = len(line) - len(line.lstrip())
                word = line.split(maxsplit=1)[0]
                found.odd.append(Position(number, start + 1, len(word)))
        return found

    @property
    def types(self) -> list[str]:
        """The process types in their order."""
        return [each.type for each in self.processes]


def _process(number: int, line: re.Match[str]) -> ProcfileEntry:
    command = line["command"]
    return ProcfileEntry(
        line["type"],
        Position(number, 1, len(line["type"])),
        command,
        Position(number, line.start("command") + 1, len(command)),
    )
