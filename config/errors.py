"""What is wrong with an environment's file, for a person to read."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Place:
    """A stretch of one line of a file; line and column count from 1, in characters."""

    line: int
    column: int
    width: int = 1


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong: where, in which section, what is, what to write."""

    file: str
    says: str
    write: str
    place: Place | None = None
    section: str = ""
    source: str = ""
    """The line of the file as it may be shown: without the values of secrets."""

    def __str__(self) -> str:
        """The readable text, of one to four lines."""
        if self.place is None:
            return f"{self.file}  {self.says}\n      = write {self.write}"
        line, column = self.place.line, self.place.column
        headline = f"{self.file}:{line}:{column}  " + f"{self.section}  {self.says}".lstrip()
        marked = f"{line:5} | {self.source}\n      | {' ' * (column - 1)}{'^' * self.place.width}"
        shown = [marked] if self.source else []
        return "\n".join([headline, *shown, f"      = write {self.write}"])


class EnvironmentErrors(Exception):
    """Everything wrong with one environment, in file order; str() is the whole readable text."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)
