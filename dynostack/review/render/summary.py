"""The summary of several reviews: a row for each stack that needs a look, the others counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dynostack.review.model import Costs, Review, Severity, Verdict
from dynostack.review.render import labels
from dynostack.review.several import Reviews

MOST_SEVERE_FIRST = (
    Verdict.FAILED,
    Verdict.STOPPED,
    Verdict.BLOCKED,
    Verdict.CHANGES,
    Verdict.NOTHING,
)
_PLURAL = {
    Severity.STOP: "cannot be applied",
    Severity.BLOCK: "need a yes",
    Severity.WARN: "warnings",
    Severity.NOTE: "notes",
}


class Row(NamedTuple):
    """One stack's row, as plain text."""

    stack: str
    changes: str
    findings: str
    cost: str


TITLES = Row("stack", "changes", "findings", "cost a month")


def most_severe_first(reviews: Sequence[Review]) -> list[Review]:
    """Return reviews in the order of their verdicts; equal ones keep their order."""
    return sorted(reviews, key=lambda each: MOST_SEVERE_FIRST.index(each.verdict))


def rows(reviews: Reviews) -> Iterator[Row]:
    """Yield a row for each stack without a review, then for each that does not stay as it is."""
    for failure in reviews.failures:
        yield Row(failure.stack, "no review", "", "unknown")
    for review in most_severe_first(reviews.changed):
        changes = "the preview failed" if review.errors else labels.counts(review)
        cost = costs(review.costs) if review.complete else "unknown"
        yield Row(review.stack, changes, findings(review), cost)


def findings(review: Review) -> str:
    """Return how many findings there are of each severity, such as `1 needs a yes, 2 notes`."""
    parts = []
    for severity in Severity:
        number = sum(each.severity is severity for each in review.findings)
        if number:
            word = labels.WEIGHT[severity] if number == 1 else _PLURAL[severity]
            parts.append(f"{number} {word}")
    return ", ".join(parts)


def costs(costs: Costs) -> str:
    """Return the cost a month before and after, such as `$57 → $82 (+$25)`."""
    more = labels.difference(costs.old, costs.new)
    change = f"{labels.money(costs.old)} → {labels.money(costs.new)} ({more})"
    text = change if more else labels.money(costs.new)
    return f"{text}, {len(costs.unknown)} unknown" if costs.unknown else text


def headline(reviews: Reviews) -> str:
    """Return how many stacks change and fail, such as `2 of 52 stacks change, 1 failed`."""
    number = len(reviews.stacks)
    if not number:
        return "no stack is affected"
    failed = len(reviews.failures) + sum(bool(each.errors) for each in reviews.reviews)
    changed = len(reviews.changed) + len(reviews.failures) - failed
    of_all = f"of {number} stack{'s' if number > 1 else ''}"
    text = f"{changed or 'none'} {of_all} {'change' if changed > 1 else 'changes'}"
    return f"{text}, {failed} failed" if failed else text


def unchanged(reviews: Reviews) -> tuple[str, list[str]]:
    """Return how many stacks stay as they are, such as `2 stacks stay as they are`, and which."""
    names = [each.stack for each in reviews.unchanged]
    if len(names) == 1:
        return "1 stack stays as it is", names
    return f"{len(names)} stacks stay as they are", names


def total(reviews: Reviews) -> str:
    """Return what all stacks together cost a month; empty unless there are several."""
    known = [each.costs for each in reviews.reviews if each.complete]
    if len(known) < 2:
        return ""
    together = Costs(tuple(line for each in known for line in each.lines))
    return f"{len(known)} stacks cost {costs(together)} a month"


def table(lines: Sequence[Sequence[str]]) -> str:
    """Return rows of plain text in columns, with two spaces between them."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
