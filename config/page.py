"""An environment's file as a reader of messages sees it: sections, places, lines fit to show."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile

from config.document import Document
from config.errors import EnvironmentErrors, Mistake, Place
from config.tree import NO_KEY, Oddity, Path, Spot, Tree
from config.words import HIDDEN, Told


@dataclass(frozen=True)
class Page:
    """The sections of one project in one file.  Paths begin with the section: ("app", "name")."""

    file: str
    project: str
    lines: list[str]
    tree: Tree
    odd: list[Told]
    """What is wrong before any section is looked at."""

    @classmethod
    def of(cls, file: str, project: str, document: Document) -> "Page":
        """The page of a project; keys of other projects are left alone.

        Raises:
            EnvironmentErrors: there are no sections to look at.
        """
        whole = document.tree
        config = whole.root.get("config") if isinstance(whole.root, dict) else None
        if not isinstance(config, dict):
            raise EnvironmentErrors([_without_sections(file, project, whole)])
        prefix = f"{project}:"
        root = {k.removeprefix(prefix): v for k, v in config.items() if k.startswith(prefix)}
        spots = {
            _inside(path, prefix): at for path, at in whole.spots.items() if _ours(path, prefix)
        }
        odd = [_odd(each, prefix) for each in whole.oddities]
        for key in config:
            if ":" not in key:
                place = whole.spots["config", key].key
                odd.append(Told((), f'key "{key}" names no project', f"{prefix}{key}", True, place))
        return cls(file, project, document.lines, Tree(root, spots), odd)

    def mistakes(self, told: Iterable[Told]) -> list[Mistake]:
        """In file order, one for each path: what lies inside a wrong value is left out."""
        kept: list[Told] = []
        for each in told:
            if not any(self._explains(earlier.path, each.path) for earlier in kept):
                kept.append(each)
        hidden = self._hidden([each.path for each in kept if each.at_key])
        return sorted((self._mistake(each, hidden) for each in kept), key=_in_file_order)

    def _explains(self, wrong: Path, path: Path) -> bool:
        """Whether a mistake follows from another: it lies inside, or misses what has no key."""
        keyless = wrong[-1:] == (NO_KEY,) and path not in self.tree.spots
        return _covers(wrong, path) or (keyless and path[:-1] == wrong[:-1])

    def _hidden(self, misnamed: list[Path]) -> list[tuple[Path, Spot]]:
        """Values that may be secret: of config vars and the like, and under keys that are wrong."""
        return [
            (path, spot)
            for path, spot in self.tree.spots.items()
            if HIDDEN.intersection(path) or any(_covers(wrong, path) for wrong in misnamed)
        ]

    def _mistake(self, told: Told, hidden: list[tuple[Path, Spot]]) -> Mistake:
        place = told.place or self._place(told)
        # What belongs to another project is told without its line: its secrets are not known here.
        source = self._shown(place, told, hidden) if place and (told.path or told.at_key) else ""
        return Mistake(self.file, told.says, told.write, place, self._label(told.path), source)

    def _place(self, told: Told) -> Place | None:
        path = told.path
        while path and path not in self.tree.spots:
            path = path[:-1]
        spot = self.tree.spots.get(path)
        if spot is None:
            return None
        at_key = told.at_key or path != told.path
        return spot.key if at_key and spot.key else spot.value

    def _label(self, path: Path) -> str:
        section, *rest = [part for part in path if part != NO_KEY] or [""]
        if not section:
            return ""
        if HIDDEN.intersection(rest):
            rest = [part if isinstance(part, int) else _name(part) for part in rest]
        steps = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in rest)
        return f"{self.project}:{section}{''.join(steps)}"

    def _shown(self, place: Place, told: Told, hidden: list[tuple[Path, Spot]]) -> str:
        """The line without values that may be secret, its characters where they were."""
        line = self.lines[place.line - 1]
        for path, spot in hidden:
            line = _masked(line, place.line, path, spot)
        if told.at_key or (HIDDEN.intersection(told.path) and told.path not in self.tree.spots):
            end = place.column - 1 + place.width
            line = line[:end] + (": ..." if line[end:].strip(" :") else line[end:])
        return line.rstrip().replace("\t", " ")


def _without_sections(file: str, project: str, whole: Tree) -> Mistake:
    spot = whole.spots.get(("config",)) or whole.spots[()]
    write = f"config: with {project}:account, {project}:app and further sections under it"
    return Mistake(file, "there are no sections here", write, spot.key or spot.value)


def _ours(path: Path, prefix: str) -> bool:
    return path[:1] == ("config",) and (len(path) == 1 or str(path[1]).startswith(prefix))


def _inside(path: Path, prefix: str) -> Path:
    """The path as seen from `config:`, without the project's own prefix."""
    return (str(path[1]).removeprefix(prefix), *path[2:]) if len(path) > 1 else ()


def _odd(each: Oddity, prefix: str) -> Told:
    if _ours(each.path, prefix):
        return Told(_inside(each.path, prefix), each.says, each.write, each.at_key, each.place)
    return Told((), each.says, each.write, place=each.place)


def _name(key: str) -> str:
    """The beginning of a key that is its name for sure; the rest may be a value by mistake."""
    return "".join(takewhile(lambda letter: letter.isalnum() or letter in "_-.", key))


def _covers(wrong: Path, path: Path) -> bool:
    return bool(wrong) and path[: len(wrong)] == wrong


def _masked(line: str, number: int, path: Path, spot: Spot) -> str:
    key, name = spot.key, path[-1]
    if key and key.line == number and isinstance(name, str) and HIDDEN.intersection(path[:-1]):
        start, stop = key.column - 1 + len(_name(name)), key.column - 1 + key.width
        line = line[:start] + "*" * (stop - start) + line[stop:]
    last, end = spot.until
    if spot.kind in {"keys", "list", "empty"} or not spot.value.line <= number <= last:
        return line
    start = spot.value.column - 1 if number == spot.value.line else 0
    stop = end - 1 if number == last else len(line)
    return line[:start] + "*" * (stop - start) + line[stop:]


def _in_file_order(mistake: Mistake) -> Place:
    return mistake.place or Place(0, 0)
