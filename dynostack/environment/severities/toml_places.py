"""Places in the text of a TOML file, which the standard library's parser does not keep."""

import re
import tomllib

from dynostack.environment.diagnostics.diagnostic import Diagnostic, Position
from heroku_catalogue.toml_errors import place_of

_HEAD = re.compile(r"\s*\[+\s*(?P<name>[^\[\]#]+?)\s*\]+\s*(#.*)?")
_WHOLE = re.compile(r"\s*(?P<place>\S.*?)\s*$")


class TomlText:
    """A TOML file as text."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.lines = text.split("\n")

    def place(self, table: tuple[str, ...], key: str, value: str) -> Position | None:
        """Return the place of a value in a table, or else of its key, or of the table's head."""
        section = self._section(table)
        if not section:
            return None
        start = next((n for n in section if _key(key).match(self.lines[n])), None)
        for number in (each for each in section if value and each >= (start or 0)):
            if found := re.search(rf"""["']{re.escape(value)}["']""", self.lines[number]):
                return Position(number + 1, found.start() + 1, len(found[0]))
        if start is not None:
            return self._range(start, _key(key))
        return self._range(section[0], _WHOLE)

    def _range(self, number: int, form: re.Pattern[str]) -> Position | None:
        found = form.match(self.lines[number])
        start, end = found.span("place") if found else (0, 1)
        return Position(number + 1, start + 1, max(end - start, 1))

    def _section(self, table: tuple[str, ...]) -> list[int]:
        """Return the numbers of a table's lines from 0, with its head."""
        inside, numbers = False, []
        for number, line in enumerate(self.lines):
            if head := _HEAD.fullmatch(line):
                name = tuple(part.strip().strip("\"'") for part in head["name"].split("."))
                inside = name == table
            if inside:
                numbers.append(number)
        return numbers or (self._section(table[:-1]) if len(table) > 1 else [])

    def place_of(self, error: tomllib.TOMLDecodeError) -> Position:
        """Return the place of a syntax error."""
        return Position(*place_of(error, self.lines))

    def diagnostic(
        self, code: str, message: str, suggestion: str, place: Position | None
    ) -> Diagnostic:
        """Return an error of the file, with the line that it is about."""
        source = self.lines[place.line - 1].rstrip().replace("\t", " ") if place else ""
        return Diagnostic(code, "error", self.file, message, suggestion, place, source=source)


def _key(name: str) -> re.Pattern[str]:
    return re.compile(rf"""\s*(?P<place>["']?{re.escape(name)}["']?)\s*=""")
