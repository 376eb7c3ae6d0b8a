"""The files of the project behind an environment, read as text and never run."""

import ast
import codecs
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dynostack.environment.checkout.folder_files import folder_files
from dynostack.environment.diagnostics.diagnostic import Position
from dynostack.environment.diagnostics.finding import Elsewhere

LARGEST = 1_000_000
"""Maximum size of a source file in bytes; a larger one was not written by a person."""

NOT_THE_PROJECT = frozenset({"node_modules", "site-packages", "venv", "env", "staticfiles"})
"""Folders inside a project that are not part of it, besides hidden ones."""


@dataclass(frozen=True)
class Text:
    """One file: its name relative to Pulumi.yaml, and its content."""

    file: str
    content: str

    @cached_property
    def lines(self) -> list[str]:
        """The lines without line ends; a Position counts them from 1."""
        return self.content.split("\n")

    def position(self, node: ast.expr | ast.stmt) -> Position:
        """Return the range of a node on its first line, in characters: syntax trees count bytes."""
        line = self.lines[node.lineno - 1].encode()
        end = node.end_col_offset if node.lineno == node.end_lineno else None
        before, inside = line[: node.col_offset].decode(), line[node.col_offset : end].decode()
        return Position(node.lineno, len(before) + 1, max(len(inside), 1))

    def at(self, place: Position) -> Elsewhere:
        """Return a place of the file, without the rest of its line, which may be a secret."""
        line = self.lines[place.line - 1].rstrip()
        end = place.column - 1 + place.width
        source = line[:end] + (" ..." if line[end:].strip() else "")
        return Elsewhere(self.file, place, source.replace("\t", " "))


class SourceFolder:
    """A folder that is built; files outside it, and files that are not built, are never read."""

    def __init__(
        self, path: Path, shown: str, files: Callable[[], Mapping[str, bool | None]] | None = None
    ) -> None:
        """Initialize.

        Args:
            path: the folder.
            shown: its name relative to Pulumi.yaml.
            files: returns the names of the files that are built, and whether each is executable
                (None if the file itself shows it); by default all in the folder.
        """
        self.path = path
        self.shown = shown.rstrip("/")
        self._list = files or (lambda: dict.fromkeys(folder_files(path)))
        self._texts: dict[str, Text | None] = {}
        self._has: dict[str, bool] = {}

    @cached_property
    def is_there(self) -> bool:
        """Whether the folder exists."""
        try:
            return self.path.is_dir()
        except OSError:  # a name that is too long for any folder
            return False

    @cached_property
    def files(self) -> Mapping[str, bool | None]:
        """The names of the files that are built, and whether each is executable.

        Raises:
            IncompleteCheckout: if files that Git would deploy are not checked out.
        """
        return self._list() if self.is_there else {}

    @cached_property
    def _resolved(self) -> Path:
        return self.path.resolve()

    def _is_built(self, path: Path) -> bool:
        resolved = path.resolve()
        return (
            resolved.is_relative_to(self._resolved)
            and resolved.relative_to(self._resolved).as_posix() in self.files
        )

    @property
    def texts(self) -> Iterator[Text]:
        """The files that were read so far."""
        return (text for text in self._texts.values() if text)

    def has(self, name: str) -> bool:
        """Return whether the folder has a file of this name that is built."""
        if name not in self._has:
            self._has[name] = self._has_file(name)
        return self._has[name]

    def _has_file(self, name: str) -> bool:
        path = self.path / name
        try:
            return path.is_file() and self._is_built(path)
        except (OSError, ValueError):  # a name that no file can have
            return False

    def leaves_out(self, name: str) -> bool:
        """Return whether the folder has a file of this name that is not built."""
        return not self.has(name) and (self.path / name).is_file()

    def has_folder(self, name: str) -> bool:
        """Return whether the folder has a folder of this name with files that are built."""
        return name in {"", "."} or any(each.startswith(f"{name}/") for each in self.files)

    def is_executable(self, name: str) -> bool:
        """Return whether a file that is built is executable on Heroku."""
        known = self.files.get(name)
        return bool((self.path / name).stat().st_mode & stat.S_IXUSR) if known is None else known

    def read(self, name: str) -> Text | None:
        """Return a file's text, or None if it does not exist or is not text."""
        if name not in self._texts:
            self._texts[name] = self._read(name)
        return self._texts[name]

    def _read(self, name: str) -> Text | None:
        path = self.path / name
        try:
            if path.stat().st_size > LARGEST or not path.is_file():
                return None
            if not self._is_built(path):
                return None
            content = _decoded(path.read_bytes())
        except (OSError, ValueError):
            return None
        name = path.relative_to(self.path).as_posix()
        return Text(self.named(name), content.replace("\r\n", "\n"))

    def named(self, name: str) -> str:
        """Return the name of a file of the folder relative to Pulumi.yaml."""
        return name if self.shown in {"", "."} else f"{self.shown}/{name}"

    def names(self, pattern: str) -> list[str]:
        """Return the files that match a pattern, at most one folder down, in alphabetical order."""
        try:
            found = [path.relative_to(self.path) for path in self.path.glob(pattern)]
        except (OSError, ValueError):  # a name that no file can have
            return []
        built = (path.as_posix() for path in found if _is_part(path))
        return sorted(name for name in built if name in self.files)

    def ending(self, name: str) -> list[str]:
        """Return the files of this name in any folder, those in higher folders first."""
        found = (each for each in self.files if each == name or each.endswith(f"/{name}"))
        kept = (each for each in found if _is_part(Path(each)))
        return sorted(kept, key=lambda each: (each.count("/"), each))

    def python_files(self) -> Iterator[Text]:
        """Yield every Python file of the project."""
        for name in sorted(self.files):
            if name.endswith(".py") and _is_part(Path(name)) and (text := self.read(name)):
                yield text


def _decoded(data: bytes) -> str:
    """Return text in UTF-8, or in the encoding of its byte order mark, as pip reads it.

    https://pip.pypa.io/en/stable/reference/requirements-file-format/#encoding
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")
    return data.decode("utf-8-sig")


def _is_part(path: Path) -> bool:
    return not any(part.startswith(".") or part in NOT_THE_PROJECT for part in path.parts[:-1])
