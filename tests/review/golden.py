"""The expected renderings of each recorded preview: `python -m tests.review.golden` writes them."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from dynostack.review.build import build_review
from dynostack.review.model import Review
from dynostack.review.preview_parser import read
from dynostack.review.render import html, markdown, text
from dynostack.review.render import json as as_json
from tests.review.cases import PREVIEWS, Case, load
from tests.review.recording import Recording

PAGE = Path(__file__).parents[2] / "docs/reviews.md"
SHOWN = "database-plan-smaller"
"""The recorded preview whose review the page of reviews shows, between these two marks."""
BEGIN, END = "<!-- a recorded review -->", "<!-- the end of it -->"
WIDTH = 84
"""The columns that fit on the page."""
DAY = date(2026, 11, 22)
"""The day of the recordings, to compare ends of life with."""


def reviewed(case: Case) -> Review:
    """Return the review of a recorded preview."""
    recording = Recording.of(case)
    return build_review(read(recording.text), case.folder, recording.plan, today=DAY)


def body(shown: Review) -> str:
    """Return the page without the common style and script, one element per line."""
    page = html.render(shown)
    inside = page[page.index("<body>") : page.rindex("<script>")]
    return inside.replace("><", ">\n<") + "\n"


RENDERINGS: dict[str, Callable[[Review], str]] = {
    "txt": text.render,
    "md": markdown.render,
    "html": body,
    "json": as_json.render,
}
SHORT = ("txt", "md")
"""The formats that every case has in its folder; a whole case has all formats."""


def expected(case: Case) -> Iterator[tuple[Path, str]]:
    """Yield each file with a rendering of a case, and its expected content."""
    shown = reviewed(case)
    for suffix in RENDERINGS if case.whole else SHORT:
        yield case.folder / f"expected.{suffix}", RENDERINGS[suffix](shown)


def shown(review: str) -> str:
    """Return a review in the terminal as the page shows it."""
    lines = "\n".join(map(_folded, review.splitlines()))
    return f"{BEGIN}\n```text\n$ dynostack review prod\n{lines}\n```\n{END}"


def _folded(line: str) -> str:
    """Fold a line at its words; the rest begins below its text, without the code of a finding."""
    indent = re.match(r" *(?:DR\d+  )?", line)
    return textwrap.fill(line, WIDTH, subsequent_indent=" " * len(indent[0] if indent else ""))


def page(review: str) -> str:
    """Return the page with a review where it shows one."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    return f"{before}{shown(review)}{rest.partition(END)[2]}"


def main() -> None:
    for case in load()[1]:
        for file, rendering in expected(case):
            file.write_text(rendering)
    PAGE.write_text(page((PREVIEWS / SHOWN / "expected.txt").read_text()))


if __name__ == "__main__":
    main()
