"""An environment's file as a reader of messages sees it: sections, places, lines fit to show."""

from collections.abc import Iterable
from dataclasses import dataclass

from config.document import Document
from config.errors import EnvironmentErrors, Mistake, Place
from config.tree import Path, Spot, Tree
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
        odd = [
            Told(_inside(each.path, prefix), each.says, each.write, each.at_key, each.place)
            for each in whole.oddities
        ]
        for key in config:
            if ":" not in key:
                place = whole.spots["config", key].key
                odd.append(Told((), f'key "{key}" names no project', f"{prefix}{key}", True, place))
        return cls(file, project, document.lines, Tree(root, spots), odd)

    def mistakes(self, told: Iterable[Told]) -> list[Mistake]:
        """In file order, one for each path: what lies inside a wrong value is left out."""
        kept: list[Told] = []
        for each in told:
            if not any(_covers(earlier.path, each.path) for earlier in kept):
                kept.append(each)
        return sorted(map(self._mistake, kept), key=_in_file_order)

    def _mistake(self, told: Told) -> Mistake:
        place = told.place or self._place(told)
        source = self._shown(place, told) if place else ""
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
        if not path:
            return ""
        section, *rest = path
        steps = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in rest)
        return f"{self.project}:{section}{''.join(steps)}"

    def _shown(self, place: Place, told: Told) -> str:
        """The line without values that may be secret, its characters where they were."""
        line = self.lines[place.line - 1]
        for path, spot in self.tree.spots.items():
            if HIDDEN.intersection(path) and spot.kind not in {"keys", "list", "empty"}:
                line = _masked(line, place.line, spot)
        if told.at_key or (HIDDEN.intersection(told.path) and told.path not in self.tree.spots):
            end = place.column - 1 + place.width
            line = line[:end] + (": ..." if line[end:].strip(" :") else line[end:])
        return line.rstrip()


def _without_sections(file: str, project: str, whole: Tree) -> Mistake:
    spot = whole.spots.get(("config",)) or whole.spots[()]
    write = f"config: with {project}:account, {project}:app and further sections under it"
    return Mistake(file, "there are no sections here", write, spot.key or spot.value)


def _ours(path: Path, prefix: str) -> bool:
    return path[:1] == ("config",) and (len(path) == 1 or str(path[1]).startswith(prefix))


def _inside(path: Path, prefix: str) -> Path:
    """The path as seen from `config:`; the project's own prefix is left out."""
    if path[:1] != ("config",) or len(path) == 1:
        return path[1:]
    return (str(path[1]).removeprefix(prefix), *path[2:])


def _covers(wrong: Path, path: Path) -> bool:
    return bool(wrong) and path[: len(wrong)] == wrong


def _masked(line: str, number: int, spot: Spot) -> str:
    last, end = spot.until
    if not spot.value.line <= number <= last:
        return line
    start = spot.value.column - 1 if number == spot.value.line else 0
    stop = end - 1 if number == last else len(line)
    return line[:start] + "*" * (stop - start) + line[stop:]


def _in_file_order(mistake: Mistake) -> Place:
    return mistake.place or Place(0, 0)
