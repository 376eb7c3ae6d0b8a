"""An environment's file as a reader of messages sees it: sections, places, lines fit to show."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from config import masking
from config.codes import codes
from config.diagnostic import Diagnostic, EnvironmentErrors, Place, in_file_order
from config.document import Document
from config.environment import Environment
from config.finding import Elsewhere, Finding, Path
from config.section import near
from config.tree import NO_KEY, Spot, Tree
from config.words import HIDDEN

SECTIONS = frozenset(field.alias or name for name, field in Environment.model_fields.items())


@dataclass(frozen=True)
class Page:
    """The sections of one project in one file.  Paths begin with the section: ("app", "name")."""

    file: str
    project: str
    lines: list[str]
    tree: Tree
    odd: list[Finding]
    """What is wrong before any section is looked at."""
    sections: dict[str, object]

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
        own = _own(config, project)
        root = {section: config[key] for key, section in own.items()}
        spots = {_inside(path, own): at for path, at in whole.spots.items() if _ours(path, own)}
        odd = [_odd(each, own) for each in whole.oddities]
        odd += _misnamed(config, project, own, whole)
        return cls(file, project, document.lines, Tree(root, spots), odd, root)

    def diagnostics(self, findings: Iterable[Finding]) -> tuple[Diagnostic, ...]:
        """In file order, one error for each path: what lies inside a wrong value is left out."""
        kept: list[Finding] = []
        for each in sorted(findings, key=_is_warning):
            if not any(self._explains(earlier, each) for earlier in kept):
                kept.append(each)
        hidden = self._hidden([each for each in kept if each.at_key or _is_secret(each)])
        return in_file_order(self._diagnostic(each, hidden) for each in kept)

    def _explains(self, wrong: Finding, other: Finding) -> bool:
        """Whether a finding follows from another."""
        if wrong.elsewhere or other.elsewhere or _is_warning(wrong):
            return False
        if _covers(wrong.path, other.path):
            return True
        beside = other.path[:-1] == wrong.path[:-1] and other.path not in self.tree.spots
        return beside and (wrong.path[-1:] == (NO_KEY,) or _is_misspelt(wrong, other))

    def _hidden(self, suspicious: list[Finding]) -> list[tuple[Path, Spot]]:
        """Values that may be secret: of config vars and the like, and under keys that are wrong."""
        wrong = [each.path for each in suspicious if not self._is_harmless(each)]
        return [
            (path, spot)
            for path, spot in self.tree.spots.items()
            if (HIDDEN.intersection(path) and not masking.is_public(path, spot))
            or any(_covers(each, path) for each in wrong)
        ]

    def _is_harmless(self, found: Finding) -> bool:
        """Whether the value of a key that is wrong may be shown."""
        spot = self.tree.spots.get(found.path)
        if spot is None or found.place or HIDDEN.intersection(found.path) or _is_secret(found):
            return False
        return masking.is_harmless(found, spot)

    def _diagnostic(self, found: Finding, hidden: list[tuple[Path, Spot]]) -> Diagnostic:
        at = found.elsewhere or self._here(found, hidden)
        return Diagnostic(
            code=found.code,
            severity=codes()[found.code].severity,
            file=at.file,
            says=printable(found.says),
            write=printable(found.write),
            place=at.place,
            section=printable(self._label(found.path)),
            source=at.source,
            near=found.near,
        )

    def _here(self, found: Finding, hidden: list[tuple[Path, Spot]]) -> Elsewhere:
        place = found.place or self._place(found)
        # Another project's keys are told without their line: which are secret is not known.
        ours = found.path or found.at_key
        source = self._shown(place, found, hidden) if place and ours else ""
        return Elsewhere(self.file, place, source)

    def _place(self, found: Finding) -> Place | None:
        path = found.path
        while path and path not in self.tree.spots:
            path = path[:-1]
        spot = self.tree.spots.get(path)
        if spot is None:
            return None
        at_key = found.at_key or path != found.path
        return spot.key if at_key and spot.key else spot.value

    def _label(self, path: Path) -> str:
        section, *rest = [part for part in path if part != NO_KEY] or [""]
        if not section:
            return ""
        if HIDDEN.intersection(rest):
            rest = [part if isinstance(part, int) else masking.name(part) for part in rest]
        steps = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in rest)
        return f"{self.project}:{section}{''.join(steps)}"

    def _shown(self, place: Place, found: Finding, hidden: list[tuple[Path, Spot]]) -> str:
        """The line without values that may be secret, its characters where they were."""
        line = self.lines[place.line - 1]
        for path, spot in hidden:
            line = masking.masked(line, place.line, path, spot)
        missing = HIDDEN.intersection(found.path) and found.path not in self.tree.spots
        if (found.at_key and not self._is_harmless(found)) or missing:
            end = place.column - 1 + place.width
            line = line[:end] + (": ..." if line[end:].strip(" :") else line[end:])
        return line.rstrip().replace("\t", " ")


def printable(text: str) -> str:
    """The text with escapes for what would end a line or speak to a terminal."""
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in text)


def _without_sections(file: str, project: str, whole: Tree) -> Diagnostic:
    spot = whole.spots.get(("config",)) or whole.spots[()]
    write = f"config: with {project}:account, {project}:app and further sections under it"
    says, place = "there are no sections here", spot.key or spot.value
    return Diagnostic("DS112", "error", file, says, write, place)


def _own(config: Mapping[str, object], project: str) -> dict[str, str]:
    """Key -> section, of this project's keys.

    A section without its project, which Pulumi takes for this one's, is read all the same, and so
    is a file of another project: what is wrong is the name, and that is told once.
    """
    own = {key: key.partition(":")[2] for key in config if key.startswith(f"{project}:")}
    own |= {key: key for key in config if key in SECTIONS and f"{project}:{key}" not in own}
    if not own and (other := _copied_from(config)):
        keys = {f"{other}:{section}": section for section in SECTIONS}
        own = {key: keys[key] for key in config if key in keys}
    return own


def _copied_from(config: Mapping[str, object]) -> str:
    """The other project whose environment this file is; nothing when it is none."""
    named = (key.rpartition(":")[0] for key in config if key.endswith(":app"))
    return next((name for name in named if name and f"{name}:account" in config), "")


def _misnamed(
    config: Mapping[str, object], project: str, own: Mapping[str, str], whole: Tree
) -> Iterator[Finding]:
    for key in config:
        if ":" not in key:
            says, write = f'key "{key}" names no project', f"{project}:{key}"
        elif key in own and not key.startswith(f"{project}:"):
            other = key.partition(":")[0]
            says = f'key "{key}" names the project {other}; Pulumi.yaml calls this one {project}'
            write = f"{project}: in the place of {other}: before every section"
        else:
            continue
        place = whole.spots["config", key].key
        yield Finding((), "DS113", says, write, at_key=True, place=place)
        if ":" in key:
            return


def _ours(path: Path, own: Mapping[str, str]) -> bool:
    return path[:1] == ("config",) and (len(path) == 1 or path[1] in own)


def _inside(path: Path, own: Mapping[str, str]) -> Path:
    """The path as seen from `config:`, without the project's own prefix."""
    return (own[str(path[1])], *path[2:]) if len(path) > 1 else ()


def _odd(each: Finding, own: Mapping[str, str]) -> Finding:
    if _ours(each.path, own):
        return replace(each, path=_inside(each.path, own))
    return replace(each, path=(), at_key=False)


def _is_misspelt(wrong: Finding, missing: Finding) -> bool:
    """Whether a missing key is there after all, under a name with a typo in it."""
    if not (wrong.at_key and wrong.path and missing.path):
        return False
    return bool(near(str(wrong.path[-1]), [str(missing.path[-1])]))


def _is_secret(found: Finding) -> bool:
    """Whether a rule about secrets in plain text found it."""
    return found.code.startswith("DS4")


def _is_warning(found: Finding) -> bool:
    return codes()[found.code].severity == "warning"


def _covers(wrong: Path, path: Path) -> bool:
    return bool(wrong) and path[: len(wrong)] == wrong
