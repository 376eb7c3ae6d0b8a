"""The drift of one or more stacks as Markdown, for an issue or the summary of a workflow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import starmap

from dynostack.comparison.difference import UNKNOWN, Difference
from dynostack.drift.command import Drift
from dynostack.review.render.markdown import GITHUB_LIMIT, code, prose
from dynostack.review.render.truncation import Section, fitted

FOOT = f"""\
To keep a difference, run {code("dynostack drift accept STACK")} and commit the file. To undo it, \
run {code("dynostack drift revert STACK")}. If it is managed elsewhere, run \
{code("dynostack drift ignore STACK ITEM")}.
"""


def render(drifts: Sequence[Drift], failures: Mapping[str, str], limit: int = GITHUB_LIMIT) -> str:
    """Return what differs, at most `limit` characters long.

    The number of differences of each stack is always in it.  Then comes as much as fits, with the
    number of items that were left out.

    Args:
        drifts: the compared stacks; those without differences are only counted.
        failures: the stacks that could not be compared, each with the reason.
        limit: the maximum length in characters.
    """
    different = [each for each in drifts if each.differences]
    head = f"### {title(drifts, failures)}\n"
    sections = [*map(_different, different)]
    if failures:
        sections.insert(0, Section("Not compared", tuple(starmap(_failed, failures.items()))))
    if same := [each.stack for each in drifts if not each.differences]:
        sections.append(Section(f"Matching the file ({len(same):,})", (_listed(same),)))
    return fitted(head, sections, FOOT if different else "", limit)


def title(drifts: Sequence[Drift], failures: Mapping[str, str]) -> str:
    """Return the number of differences and stacks in one line of our own words."""
    different = [each for each in drifts if each.differences]
    count = sum(len(each.differences) for each in different)
    parts = []
    if different:
        stacks = _counted(len(different), "stack")
        parts.append(f"{_counted(count, 'difference')} between Heroku and the files, in {stacks}")
    if failures:
        parts.append(f"{_counted(len(failures), 'stack')} could not be compared")
    return "; ".join(parts) or "Heroku matches the files"


def _different(drift: Drift) -> Section:
    count = _counted(len(drift.differences), "difference")
    return Section(
        f"{code(drift.stack)} ({code(drift.app)}): {count}", tuple(map(_line, drift.differences))
    )


def _failed(stack: str, reason: str) -> str:
    return f"- {code(stack)}: {code(reason.splitlines()[0])}"


def _line(difference: Difference) -> str:
    known = []
    if difference.since:
        known.append(f"since {prose((difference.since,))}")
    if difference.by != UNKNOWN:
        known.append(f"by {code(difference.by)}")
    ending = f" ({', '.join(known)})" if known else ""
    return f"- **{difference.kind}** {prose((difference.text,))}{ending}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(code, names))


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
