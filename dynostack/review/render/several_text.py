"""Several reviews as plain text, for a terminal: the ones that need a look, then the summary."""

from __future__ import annotations

from dynostack.review.render import summary, text
from dynostack.review.several import Reviews


def render(reviews: Reviews) -> str:
    """Return the reviews, the failures, and a table of all as text."""
    changed = summary.most_severe_first(reviews.changed)
    parts = [text.render(each) for each in reversed(changed)]
    parts += [f"{each.stack}: no review\n{_indented(each.message)}\n" for each in reviews.failures]
    rows = list(summary.rows(reviews))
    lines = [summary.headline(reviews)]
    if rows:
        lines += ["", summary.table([summary.TITLES, *rows]), ""]
    number, names = summary.unchanged(reviews)
    lines += [f"{number}: {', '.join(names)}"] if names else []
    lines += filter(None, [summary.total(reviews)])
    return "\n".join([*parts, *map(text.printable, "\n".join(lines).splitlines()), ""])


def _indented(message: str) -> str:
    return "\n".join(f"  {text.printable(line)}" for line in message.splitlines())
