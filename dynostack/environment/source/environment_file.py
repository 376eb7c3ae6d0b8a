"""An environment's file for diagnostics: sections, places, and lines that are safe to show."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from dynostack.environment.diagnostics.characters import visible
from dynostack.environment.diagnostics.codes import codes
from dynostack.environment.diagnostics.diagnostic import (
    Diagnostic,
    EnvironmentErrors,
    Position,
    excerpt,
    in_file_order,
)
from dynostack.environment.diagnostics.finding import Elsewhere, Finding, Path
from dynostack.environment.diagnostics.secret_detection import HIDDEN
from dynostack.environment.diagnostics.yaml_tree import NO_KEY, SourceSpan, Tree
from dynostack.environment.environment import Environment
from dynostack.environment.section import keys_of
from dynostack.environment.source import redaction as masking
from dynostack.environment.source.consequences import (
    Consequences,
    is_of_the_model,
    is_warning,
)
from dynostack.environment.source.encrypted_values import (
    KeyOfSalt,
    encrypted_values,
    no_passphrase,
)
from dynostack.environment.source.masked_lines import MaskedLines
from dynostack.environment.source.yaml_file import Document

MISSPELLED = 0.85
"""How alike two names are, from 0 to 1, if one is probably a misspelled other."""
LONGEST_LABEL = 800
"""Maximum length of a value's path in a message."""


class EnvironmentFile(NamedTuple):
    """The sections of one project in one file.  Paths begin with the section: ("app", "name")."""

    file: str
    project: str
    lines: list[str]
    tree: Tree
    odd: list[Finding]
    """Findings about the file itself, made before any section is validated."""
    sections: dict[str, object]

    @classmethod
    def of(
        cls,
        file: str,
        project: str,
        document: Document,
        model: type[Environment] = Environment,
        key_of_salt: KeyOfSalt = no_passphrase,
    ) -> "EnvironmentFile":
        """Return the sections of a project; keys of other projects are ignored.

        Args:
            file: the file's name, relative to the project's folder.
            project: the project's name.
            document: the parsed file.
            model: the model that the file is validated against.
            key_of_salt: decrypts the values whose passphrase is known.

        Raises:
            EnvironmentErrors: if the file has no sections.
        """
        whole = document.tree
        config = whole.root.get("config") if isinstance(whole.root, dict) else None
        if not isinstance(config, dict):
            raise EnvironmentErrors([_without_sections(file, project, whole)])
        own = _own(config, project, frozenset(keys_of(model)))
        root = {section: config[key] for key, section in own.items()}
        spans = {_inside(path, own): at for path, at in whole.spans.items() if _ours(path, own)}
        stack = file.removeprefix("Pulumi.").removesuffix(".yaml")
        about_secrets = encrypted_values(whole, stack, own, key_of_salt)
        odd = [_odd(each, own) for each in (*whole.oddities, *about_secrets)]
        odd += [*_misnamed(config, project, own, whole), *_beside_config(project, root, whole)]
        return cls(file, project, document.lines, Tree(root, spans), odd, root)

    def diagnostics(self, findings: Iterable[Finding]) -> tuple[Diagnostic, ...]:
        """Return the diagnostics in file order, one error per path.

        Findings inside a wrong value are left out.
        """
        kept: list[Finding] = []
        consequences = Consequences(self.project, self.sections, self.tree.spans)
        # A wrong key is the cause of a missing one.
        for each in sorted(findings, key=lambda each: (is_warning(each), not each.at_key)):
            if not consequences.include(each):
                kept.append(each)
                if not is_warning(each):
                    consequences.add(each)
        if not kept:
            return ()  # no line is shown, so none needs to be masked
        hidden = self._hidden([each for each in kept if _may_hide_a_secret(each)])
        lines = MaskedLines.of(self.lines, hidden)
        return in_file_order(self._diagnostic(each, lines) for each in kept)

    def _hidden(self, suspicious: list[Finding]) -> Iterator[tuple[Path, SourceSpan]]:
        """Yield the values that may be secret: of config vars, similar keys and wrong keys."""
        wrong = {each.path for each in suspicious if each.path and not self._is_harmless(each)}
        for path, span in self.tree.spans.items():
            if (
                (HIDDEN.intersection(path) and not masking.is_public(path, span))
                or masking.is_named_as_secret(path, span)
                or any(path[:length] in wrong for length in range(1, len(path) + 1))
            ):
                yield path, span

    def _is_harmless(self, found: Finding) -> bool:
        """Return whether the value of a wrong key may be shown."""
        span = self.tree.spans.get(found.path)
        if (
            span is None
            or not found.path
            or found.place
            or HIDDEN.intersection(found.path)
            or _is_secret(found)
        ):
            return False
        return masking.is_harmless(found, span)

    def _diagnostic(self, found: Finding, lines: MaskedLines) -> Diagnostic:
        at = found.elsewhere or self._here(found, lines)
        source, start = excerpt(at.source, at.place)
        return Diagnostic(
            code=found.code,
            severity=codes()[found.code].severity,
            file=at.file,
            message=printable(found.message),
            suggestion=printable(found.suggestion),
            place=at.place,
            section=printable(self._label(found.path)),
            source=source,
            near=found.near,
            source_start=start,
            shared=found.shared,
        )

    def _here(self, found: Finding, lines: MaskedLines) -> Elsewhere:
        place = found.place or self._place(found)
        # Do not show lines of another project: it is unknown which of its values are secret.
        ours = found.path or found.at_key
        source = self._shown(place, found, lines) if place and ours else ""
        return Elsewhere(self.file, place, source)

    def _place(self, found: Finding) -> Position | None:
        path = found.path
        while path and path not in self.tree.spans:
            path = path[:-1]
        span = self.tree.spans.get(path)
        if span is None:
            return None
        at_key = found.at_key or path != found.path
        return span.key if at_key and span.key else span.value

    def _label(self, path: Path) -> str:
        section, *rest = [part for part in path if part != NO_KEY] or [""]
        if not section:
            return ""
        if HIDDEN.intersection(rest):
            rest = [part if isinstance(part, int) else masking.name(part) for part in rest]
        steps = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in rest)
        label = f"{self.project}:{section}{''.join(steps)}"
        return label if len(label) <= LONGEST_LABEL else f"{label[:LONGEST_LABEL]}..."

    def _shown(self, place: Position, found: Finding, lines: MaskedLines) -> str:
        """Return the line with values that may be secret masked; all columns stay the same."""
        line = lines.line(place.line)
        missing = HIDDEN.intersection(found.path) and found.path not in self.tree.spans
        if (found.at_key and not self._is_harmless(found)) or missing:
            end = place.column - 1 + place.width
            line = line[:end] + (": ..." if line[end:].strip(" :") else line[end:])
        return visible(line)


def printable(text: str) -> str:
    """Return the text with line breaks and terminal control characters escaped."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in text)


def _without_sections(file: str, project: str, whole: Tree) -> Diagnostic:
    span = whole.spans.get(("config",)) or whole.spans[()]
    message = "the file has no sections"
    suggestion = f"config: with {project}:account, {project}:app and other sections under it"
    if isinstance(whole.root, dict) and any(key.startswith(f"{project}:") for key in whole.root):
        message = "the sections are not under config:"
        suggestion = "config: above the sections, and two more spaces before each of their lines"
    elif span.kind == "list" and span.key:
        message = "config must be a mapping, but is a list"
        suggestion = "the sections without the dashes"
    return Diagnostic("DS112", "error", file, message, suggestion, span.key or span.value)


def _own(config: Mapping[str, object], project: str, sections: frozenset[str]) -> dict[str, str]:
    """Return key -> section for this project's keys.

    This includes sections without a project name, which Pulumi assigns to this project, those with
    a misspelled one, and the sections of a file copied from another project.  `_misnamed` reports
    their wrong names.
    """
    own = {key: key.partition(":")[2] for key in config if key.startswith(f"{project}:")}
    own |= {key: key for key in config if key in sections and f"{project}:{key}" not in own}
    missing = {*sections} - {*own.values()}
    for key in config:
        name, _, section = key.partition(":")
        if section in missing and _is_misspelled(name, project):
            own[key] = section
            missing.remove(section)
    if not own and (other := _copied_from(config)):
        keys = {f"{other}:{section}": section for section in sections}
        own = {key: keys[key] for key in config if key in keys}
    return own


def _is_misspelled(name: str, project: str) -> bool:
    return bool(get_close_matches(name.casefold(), [project.casefold()], cutoff=MISSPELLED))


def _copied_from(config: Mapping[str, object]) -> str:
    """Return the project that this file was copied from, or ""."""
    named = (key.rpartition(":")[0] for key in config if key.endswith(":app"))
    return next((name for name in named if name and f"{name}:account" in config), "")


def _misnamed(
    config: Mapping[str, object], project: str, own: Mapping[str, str], whole: Tree
) -> Iterator[Finding]:
    bare = [key for key in config if ":" not in key]
    for key in config:
        near_names: tuple[str, ...] = ()
        if ":" not in key:
            if key != bare[0]:
                continue
            message, suggestion = f'key "{key}" has no project name', f"{project}:{key}"
            near_names = (suggestion,)
            if others := len(bare) - 1:
                message += f", like {others} other{'s' * (others > 1)}"
                suggestion += f", and {project}: before the other{'s' * (others > 1)}"
        elif key in own and not key.startswith(f"{project}:"):
            other = key.partition(":")[0]
            message = f'key "{key}" names the project {other}; the name in Pulumi.yaml is {project}'
            suggestion = f"{project}: instead of {other}: before every section"
            if sum(each.startswith(f"{other}:") for each in own) == 1:
                suggestion = f"{project}:{own[key]}"
        else:
            continue
        place = whole.spans["config", key].key
        yield Finding((), "DS113", message, suggestion, near_names, at_key=True, place=place)
        if ":" in key:
            return


def _beside_config(project: str, own: Mapping[str, object], whole: Tree) -> Iterator[Finding]:
    """Yield a finding for each section at the top of the file, where Pulumi ignores it.

    Args:
        project: the project's name.
        own: the sections in `config`.
        whole: the parsed file.
    """
    for key in whole.root if isinstance(whole.root, dict) else ():
        prefix, _, section = key.partition(":")
        if prefix == project and section:
            path: Path = () if section in own else (section,)
            message = f"{key} is beside config, where Pulumi ignores it"
            suggestion = "its lines at the end of config, each indented by two more spaces"
            place = whole.spans[key,].key
            yield Finding(path, "DS112", message, suggestion, at_key=True, place=place)


def _ours(path: Path, own: Mapping[str, str]) -> bool:
    return path[:1] == ("config",) and (len(path) == 1 or path[1] in own)


def _inside(path: Path, own: Mapping[str, str]) -> Path:
    """Return the path relative to `config:`, without the project's prefix."""
    return (own[str(path[1])], *path[2:]) if len(path) > 1 else ()


def _odd(each: Finding, own: Mapping[str, str]) -> Finding:
    if _ours(each.path, own):
        return each._replace(path=_inside(each.path, own))
    return each._replace(path=(), at_key=False)


def _may_hide_a_secret(found: Finding) -> bool:
    """Return whether the values at a finding may be secret; those that the model knows are not."""
    return (found.at_key and is_of_the_model(found)) or _is_secret(found)


def _is_secret(found: Finding) -> bool:
    """Return whether the finding comes from a rule about secrets in plain text."""
    return found.code.startswith("DS4")
