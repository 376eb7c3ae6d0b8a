"""Several reviews as Markdown for one comment: a table, the reviews that need a look, the rest.

The stacks that stay as they are are only counted.  If not everything fits, each review leaves out
its less important parts; if that is not enough, the last reviews are left out as a whole.
"""

from __future__ import annotations

from dynostack.review.model import Review, Verdict
from dynostack.review.render import markdown, summary
from dynostack.review.render.escaping import fence, visible_lines
from dynostack.review.render.truncation import Section
from dynostack.review.several import Failure, Reviews

BETWEEN = "\n---\n\n"
_LONGEST_MESSAGE = 2_000
_LONGEST_NAMES = 4_000
_TABLE_SHARE = 4
"""The table takes at most one in this many characters."""
_HEAD = f"| {' | '.join(summary.TITLES)} |\n|:--|:--|:--|:--|"
_LEFT_OUT = "\n---\n\n… and the reviews of {:,} more stacks that do not fit into a comment\n"


def render(reviews: Reviews, limit: int = markdown.GITHUB_LIMIT) -> str:
    """Return the comment, at most `limit` characters long.

    The table's headings and the numbers of stacks are always in it.  One review alone looks as
    `markdown.render` shows it.
    """
    if len(reviews.reviews) == 1 and not reviews.failures:
        return markdown.render(reviews.reviews[0], limit)
    parts = [f"### {_light(reviews)} {summary.headline(reviews)}\n"]
    if rows := tuple(map(_row, summary.rows(reviews))):
        parts.append(Section("Stacks", rows, head=_HEAD).fitted(limit // _TABLE_SHARE))
    parts += [f"{each}.\n" for each in (_unchanged(reviews), summary.total(reviews)) if each]
    head = "\n".join(parts)
    return head + "".join(_fitted(reviews, limit - len(head)))


def _fitted(reviews: Reviews, room: int) -> list[str]:
    """Return the failures and reviews, as much of each as fits, and how many do not fit at all."""
    failures = list(map(_failure, reviews.failures))
    wanted = summary.most_severe_first(reviews.changed)
    room -= len(_LEFT_OUT.format(len(failures) + len(wanted)))
    shown: list[str] = []
    for text in failures:
        if len(text) <= room:
            shown.append(text)
            room -= len(text)
    least: dict[str, int] = {}
    for review in wanted:
        length = len(_review(review, 0))
        if length <= room:
            least[review.stack] = length
            room -= length
    shown += _shared_out([each for each in wanted if each.stack in least], least, room)
    missing = len(failures) + len(wanted) - len(shown)
    return [*shown, _LEFT_OUT.format(missing)] if missing else shown


def _shared_out(reviews: list[Review], least: dict[str, int], room: int) -> list[str]:
    """Render each review with an equal share of the room; short ones leave theirs to long ones.

    Args:
        reviews: the reviews to render.
        least: stack -> the length of its shortest rendering.
        room: how many characters they may take beyond that.
    """
    whole = {each.stack: len(_review(each, markdown.GITHUB_LIMIT)) for each in reviews}
    waiting = sorted(reviews, key=lambda each: whole[each.stack] - least[each.stack])
    texts = {}
    for left, review in zip(range(len(waiting), 0, -1), waiting, strict=True):
        texts[review.stack] = _review(review, least[review.stack] + room // left)
        room -= len(texts[review.stack]) - least[review.stack]
    return [texts[each.stack] for each in reviews]


def _review(review: Review, limit: int) -> str:
    return BETWEEN + markdown.render(review, limit - len(BETWEEN))


def _failure(failure: Failure) -> str:
    message = visible_lines(failure.message)
    if len(message) > _LONGEST_MESSAGE:
        message = f"{message[:_LONGEST_MESSAGE]}\n… ({len(message):,} characters)"
    ticks = fence(message, shortest=3)
    title = f"### {markdown.LIGHTS[Verdict.FAILED]} {markdown.code(failure.stack)}: no review"
    return f"{BETWEEN}{title}\n\n{ticks}text\n{message}\n{ticks}\n"


def _row(row: summary.Row) -> str:
    return f"| {markdown.cell(row.stack)} | {row.changes} | {row.findings} | {row.cost} |"


def _light(reviews: Reviews) -> str:
    """Return the mark of the worst verdict."""
    if reviews.failures:
        return markdown.LIGHTS[Verdict.FAILED]
    verdicts = [each.verdict for each in summary.most_severe_first(reviews.reviews)]
    return markdown.LIGHTS[verdicts[0] if verdicts else Verdict.NOTHING]


def _unchanged(reviews: Reviews) -> str:
    """Return how many stacks stay as they are, with as many names as there is room for."""
    number, names = summary.unchanged(reviews)
    if not names:
        return ""
    shown = markdown.code(", ".join(names), _LONGEST_NAMES)
    return f"{number}: {shown}"
