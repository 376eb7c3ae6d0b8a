"""Which findings are consequences of others, so that one mistake has one message."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from dynostack.environment.diagnostics.codes import codes
from dynostack.environment.diagnostics.finding import Finding, Path
from dynostack.environment.diagnostics.yaml_tree import NO_KEY, SourceSpan
from dynostack.environment.section import near

MOST_KEYS = 100
"""Maximum number of wrong keys of one mapping that are compared with a missing key."""

LAST_OF_THE_MODEL = "DS199"
"""The last code that can be about the shape of a value, which hides errors inside it."""

BESIDE_OTHERS = ("DS3", "DS4")
"""Prefixes of the codes of rules about values that are valid alone; they do not hide warnings."""

OF_FILES = "DS5"
"""Prefix of the codes of rules about the source's files, where each finding is its own mistake."""


def is_of_the_model(found: Finding) -> bool:
    """Return whether a finding is about the shape of a value, not what Heroku does with it."""
    return found.code <= LAST_OF_THE_MODEL


def is_warning(found: Finding) -> bool:
    """Return whether a finding is a warning, unless the project chooses another severity."""
    return codes()[found.code].severity == "warning"


@dataclass
class Consequences:
    """The errors of a file that are reported, and what follows from them."""

    project: str
    sections: Collection[str]
    """The sections that the file has."""
    spans: dict[Path, SourceSpan]
    _wrong: set[Path] = field(default_factory=set)
    _unfit: set[Path] = field(default_factory=set)
    """Paths whose values are valid alone, so that warnings about them stay."""
    _misshapen: set[Path] = field(default_factory=set)
    """Those of the wrong paths whose errors hide errors inside."""
    _wrong_keys: dict[Path, list[Finding]] = field(default_factory=lambda: defaultdict(list))
    _without_name: set[Path] = field(default_factory=set)
    """Paths of mappings that have a key that is not text."""
    _hidden: set[str] = field(default_factory=set)
    """Sections that are wrong as a whole, misspelled, or inside another section."""

    def add(self, error: Finding) -> None:
        """Note an error of this file."""
        path = error.path
        if error.elsewhere or not path:
            return
        if error.code.startswith(BESIDE_OTHERS):
            self._unfit.add(path)
        elif not error.code.startswith(OF_FILES):
            self._wrong.add(path)
        if is_of_the_model(error):
            self._misshapen.add(path)
        if path[-1] == NO_KEY:
            self._without_name.add(path[:-1])
        if error.at_key:
            self._wrong_keys[path[:-1]].append(error)
            names = (name.removeprefix(f"{self.project}:") for name in (*error.near, str(path[-1])))
            self._hidden.update(name for name in names if name not in self.sections)
        if len(path) == 1:
            self._hidden.add(str(path[0]))

    def include(self, other: Finding) -> bool:
        """Return whether a finding is a consequence of one of the errors."""
        path = other.path
        if other.elsewhere:
            return bool(path) and path[0] in self._hidden
        if path in self._wrong or (path in self._unfit and not is_warning(other)):
            return True
        if any(path[:length] in self._misshapen for length in range(1, len(path))):
            return True
        if not path or path in self.spans:
            return False
        parent = path[:-1]
        wrong_keys = self._wrong_keys[parent][:MOST_KEYS] if parent in self._wrong_keys else ()
        return parent in self._without_name or any(
            near(str(each.path[-1]), [str(path[-1])]) for each in wrong_keys
        )
