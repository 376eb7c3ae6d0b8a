"""Warnings that one rule repeats, as one text: the first one, and the places of the others."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dynostack.environment.diagnostics.diagnostic import Diagnostic

FEW = 2
"""How many warnings of one rule are shown in full."""
MOST_PLACES = 4


class Shown(NamedTuple):
    """A diagnostic to show in full, and others of the same rule to count."""

    diagnostic: Diagnostic
    others: tuple[Diagnostic, ...] = ()

    @property
    def rest(self) -> str:
        """A line with the number of the others and the first of their places, or ""."""
        if not self.others:
            return ""
        places = list(dict.fromkeys(each.location for each in self.others))
        listed = ", ".join([*places[:MOST_PLACES], *["..."][: len(places) > MOST_PLACES]])
        return f"      + {len(self.others)} more {self.diagnostic.code}: {listed}"

    def __str__(self) -> str:
        """Return the text of the diagnostic, and the line about the others."""
        return "\n".join(filter(None, (str(self.diagnostic), self.rest)))


def without_repetition(diagnostics: Iterable[Diagnostic]) -> Iterator[Shown]:
    """Yield every error, and for each rule one or a few warnings, in the given order."""
    listed = list(diagnostics)
    warnings: dict[str, list[Diagnostic]] = defaultdict(list)
    for each in listed:
        if each.severity == "warning":
            warnings[each.code].append(each)
    for each in listed:
        alike = warnings[each.code] if each.severity == "warning" else []
        if len(alike) <= FEW:
            yield Shown(each)
        elif each is alike[0]:
            yield Shown(each, tuple(alike[1:]))
