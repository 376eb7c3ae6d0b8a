"""A review as plain text, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dynostack.review.markup import Markup, plain
from dynostack.review.model import (
    Change,
    Finding,
    Property,
    Restart,
    Review,
    Severity,
    SourceLocation,
)
from dynostack.review.render import labels

LABELS = {
    Severity.STOP: "CANNOT BE APPLIED",
    Severity.BLOCK: "NEEDS A YES",
    Severity.WARN: "warning",
    Severity.NOTE: "note",
}


def render(review: Review) -> str:
    """Return the review as text, most important sections first, one fact per line."""
    parts = [
        [plain(labels.headline(review))],
        _titled("Errors", (line for each in review.errors for line in each.splitlines())),
        _titled("Findings", _lines(_finding(review, each) for each in review.findings)),
        _titled("Destroyed or replaced", _lines(_destructive(review))),
        _titled("Access", (f"{each}{at}" for each, at in _access(review))),
        _titled("Cost a month", _costs(review) if review.complete else ()),
        _titled("Restarts", map(_restart, review.restarts)),
        _titled("Changed on Heroku outside Pulumi", _lines(map(_change, review.drift))),
        _titled("Other changes", _lines(map(_change, review.other))),
        _titled(labels.ADDITIONS, map(plain, _additions(review))),
        [] if review.complete else [f"{labels.INCOMPLETE}."],
        [f"{unchanged}."] if (unchanged := labels.unchanged(review)) else [],
        _consents(review),
        [f"digest {review.digest}"] if review.digest else [],
    ]
    return "\n".join(printable(line) for part in parts if part for line in (*part, ""))


def _titled(title: str, lines: Iterable[str]) -> list[str]:
    body = [f"  {line}" for line in lines]
    return [title, *body] if body else []


def _lines(groups: Iterable[Iterable[str]]) -> Iterator[str]:
    for group in groups:
        yield from group


def _destructive(review: Review) -> Iterator[list[str]]:
    for change in review.destructive:
        lost = [f"    lost: {plain(change.lost)}"] if change.lost else []
        head, *properties = _change(change)
        yield [head, *lost, *properties]


def _change(change: Change) -> list[str]:
    head = f"{labels.SIGNS[change.operation]} {change.title} {labels.DONE[change.operation]}"
    return [f"{head}{_at(change.place)}", *map(_property, change.properties)]


def _property(change: Property) -> str:
    old, new = labels.sides(change)
    values = " -> ".join(each for each in (old, new) if each is not None)
    if old is not None and new is None:
        values += " -> removed"
    forces = "  (forces the replacement)" if change.replaces else ""
    return f"    {change.path}: {values}{forces}"


def _finding(review: Review, finding: Finding) -> list[str]:
    where = _at(finding.place)
    says = f"{finding.id}  {LABELS[finding.severity]}: {plain(finding.text)}{where}"
    below = filter(None, map(plain, (finding.advice, labels.yes(review, finding))))
    return [says, *(f"       {line}" for line in below)]


def _additions(review: Review) -> Iterator[Markup]:
    yield from map(labels.addition, review.additions)
    yield from labels.beside_additions(review)


def _access(review: Review) -> Iterator[tuple[str, str]]:
    for change in review.access:
        for sentence in change.words:
            yield plain(sentence), _at(change.place)


def _restart(restart: Restart) -> str:
    return f"{plain(restart.what)}: {plain(restart.why)}"


def _costs(review: Review) -> Iterator[str]:
    costs = review.costs
    if not costs.changed:
        return
    for line in costs.changed:
        before, after = labels.paid(line)
        yield f"{line.name} ({labels.plans(line)}): {before} -> {after}"
    unknown = labels.without_unknown(costs)
    yield f"total: {labels.totals(costs)}{f', {unknown}' if unknown else ''}"


def _consents(review: Review) -> list[str]:
    options = labels.consents(review)
    return [f"an apply also needs {' '.join(options)}"] if options and review.digest else []


def _at(place: SourceLocation | None) -> str:
    return f"  {place}" if place else ""


def printable(line: str) -> str:
    """Return a line in which no name or value can control the terminal or start a new line."""
    return "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in line)
