"""A review as Markdown for a comment: the summary first, the details folded.

GitHub and GitLab both render it.  Text from outside is in code spans, where neither of them looks
for Markdown, HTML, mentions or references to issues.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from dynostack.review.markup import Markup, Part, plain
from dynostack.review.model import (
    AccessChange,
    Change,
    CostLine,
    Costs,
    Edit,
    Finding,
    Property,
    Review,
    Severity,
    SourceLocation,
    Verdict,
)
from dynostack.review.render import labels
from dynostack.review.render.escaping import fence, is_inert, visible, visible_lines
from dynostack.review.render.truncation import Section, fitted

GITHUB_LIMIT = 65_536
"""The maximum length of a comment in characters.  GitHub rejects a longer one with 422."""

LIGHTS = {
    Verdict.NOTHING: "⚪",
    Verdict.CHANGES: "🟢",
    Verdict.BLOCKED: "🔴",
    Verdict.STOPPED: "⛔",
    Verdict.FAILED: "⛔",
}
MARKS = {Severity.STOP: "⛔", Severity.BLOCK: "🛑", Severity.WARN: "⚠️", Severity.NOTE: "💡"}

_LONGEST_TEXT = 4_000
_LONGEST_VALUE = 400


def render(review: Review, limit: int = GITHUB_LIMIT) -> str:
    """Return the comment, at most `limit` characters long.

    The verdict and the digest are always in it.  Then comes as much as fits, most important first,
    with the number of items that were left out.
    """
    head = f"### {LIGHTS[review.verdict]} {prose(labels.headline(review))}\n"
    return fitted(head, list(_sections(review)), _foot(review), limit)


def code(text: str, longest: int = _LONGEST_VALUE) -> str:
    """Return a text as a literal code span, shortened if it is too long."""
    shown = _shortened(visible(text), longest)
    if not shown.strip():
        return "(empty)" if not shown else "(blank)"
    ticks = fence(shown, shortest=1)
    gap = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{ticks}{gap}{shown}{gap}{ticks}"


def cell(text: str) -> str:
    """Return a text as a code span for a table, where a bar ends the cell even in code."""
    return code(text).replace("|", "\\|")


def prose(text: Markup) -> str:
    """Return a sentence: our words as they are, everything else in code spans.

    A plain part that Markdown could read as more than words becomes a code span as a whole; only a
    file that someone else wrote contains one.
    """
    runs = ((ours, plain(tuple(parts))) for ours, parts in groupby(_together(text), _is_ours))
    return "".join(said if ours else code(said, _LONGEST_TEXT) for ours, said in runs).strip()


def _is_ours(part: Part) -> bool:
    return isinstance(part, str) and is_inert(part)


def _together(text: Markup) -> Iterator[Part]:
    """Yield the parts, with neighboring plain parts merged and empty ones left out."""
    for is_plain, parts in groupby(text, lambda part: isinstance(part, str)):
        if is_plain:
            words = plain(tuple(parts))
            yield from (words,) if words else ()
        else:
            yield from parts


def _shortened(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    return f"{text[:longest]}… ({len(text):,} characters)"


def _sections(review: Review) -> Iterator[Section]:
    if review.errors:
        yield Section("What stopped the preview", tuple(map(_error, review.errors)))
    if review.findings:
        findings = (_finding(review, each) for each in review.findings)
        yield Section("Findings", tuple(findings))
    if review.destructive:
        yield Section("Destroyed or replaced", tuple(map(_destroyed, review.destructive)))
    if review.drift:
        title = "Changed on Heroku outside Pulumi"
        yield Section(title, tuple(map(_changed, review.drift)))
    if review.access:
        yield Section("Access", tuple(map(_access, review.access)))
    if review.costs.changed and review.complete:
        yield _cost(review.costs)
    if review.restarts:
        lines = (f"- ↻ {prose(each.what)}: {prose(each.why)}" for each in review.restarts)
        yield Section("Restarts", tuple(lines))
    if added := [*map(labels.addition, review.additions), *labels.beside_additions(review)]:
        yield Section(labels.ADDITIONS, tuple(f"- {prose(each)}" for each in added))
    if review.other:
        title = f"{labels.of_the_rest(review)} ({len(review.other):,})"
        yield Section(title, tuple(map(_changed, review.other)), folded=True)


def _foot(review: Review) -> str:
    unchanged = labels.unchanged(review)
    lines = [f"{unchanged}."] if unchanged else []
    if not review.complete:
        lines.insert(0, f"{labels.INCOMPLETE.capitalize()}.")
    if review.digest:
        command = labels.apply_command(review)
        lines.append(f"To apply exactly this: {code(command)}")
    if review.digest and (options := labels.consents(review)):
        lines.append(f"An apply also needs your explicit yes: {code(' '.join(options))}")
    return "\n\n".join(lines) + "\n" if lines else ""


def _error(text: str) -> str:
    shown = visible_lines(text)
    if len(shown) > _LONGEST_TEXT:
        shown = f"{shown[:_LONGEST_TEXT]}\n… ({len(shown):,} characters)"
    ticks = fence(shown, shortest=3)
    return f"{ticks}text\n{shown}\n{ticks}"


def _destroyed(change: Change) -> str:
    lines = [f"{_title(change)}{_place(change.place)}"]
    lines += [f"  - forced by {_property(each)}" for each in change.forced_by]
    if change.lost:
        lines.append(f"  - lost: {prose(change.lost)}")
    if change.protected:
        lines.append("  - protected: Pulumi refuses this")
    rest = [each for each in change.properties if not each.replaces]
    return "\n".join(lines + [f"  - {_property(each)}" for each in rest])


def _changed(change: Change) -> str:
    lines = [f"{_title(change)}{_place(change.place)}"]
    return "\n".join(lines + [f"  - {_property(each)}" for each in change.properties])


def _title(change: Change) -> str:
    return f"- **{labels.DONE[change.operation]}** {code(change.title)}"


def _property(change: Property) -> str:
    old, new = labels.sides(change)
    name = code(change.path)
    match change.edit:
        case Edit.ADDED:
            text = f"{name} added: {code(new or '')}"
        case Edit.REMOVED:
            text = f"{name} removed, was {code(old or '')}"
        case Edit.CHANGED:
            text = f"{name}: {_side(old)} → {_side(new)}"
    return text + _place(change.place)


def _side(value: str | None) -> str:
    return "nothing" if value is None else code(value)


def _finding(review: Review, finding: Finding) -> str:
    mark = MARKS[finding.severity]
    line = f"- {mark} {code(finding.id)} {prose(finding.text)}{_place(finding.place)}"
    below = (finding.advice, labels.yes(review, finding))
    return "\n".join([line, *(f"  - {prose(each)}" for each in below if plain(each).strip())])


def _access(change: AccessChange) -> str:
    where = _place(change.place)
    return "\n".join(f"- {prose(each)}{where}" for each in change.words)


def _cost(costs: Costs) -> Section:
    rows = (_cost_row(each) for each in labels.dearest_first(costs))
    unknown = labels.without_unknown(costs)
    total = f"{labels.totals(costs)}{f', {unknown}' if unknown else ''}"
    head = "| item | plan | before | after | |\n|:--|:--|--:|--:|--:|"
    return Section(f"Cost: {total}", tuple(rows), head=head)


def _cost_row(line: CostLine) -> str:
    before, after = labels.paid(line)
    more = labels.difference(line.old, line.new)
    return f"| {cell(line.name)} | {cell(labels.plans(line))} | {before} | {after} | {more} |"


def _place(place: SourceLocation | None) -> str:
    return f" ({code(str(place))})" if place else ""
