"""Truncates sections to a size limit, most important first, and counts what was left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """A heading with its items, each one or more lines of Markdown."""

    title: str
    items: tuple[str, ...]
    head: str = ""
    """Text above the items, such as the first lines of a table."""
    folded: bool = False

    def text(self, shown: int) -> str:
        """Return the section with its first `shown` items and how many were left out."""
        items = self.items[:shown]
        left_out = len(self.items) - len(items)
        lines = [self.head] if self.head and items else []
        lines += items
        if left_out:
            more = f"… and {left_out:,} more that do not fit into a comment"
            lines.append(f"\n{more}" if items else more)
        return self._framed("\n".join(lines))

    def _framed(self, body: str) -> str:
        if not self.folded:
            return f"**{self.title}**\n\n{body}\n"
        return f"<details>\n<summary>{self.title}</summary>\n\n{body}\n\n</details>\n"

    def fitted(self, room: int) -> str:
        """Return the section with as many items as fit into `room` characters.

        The heading and the count are always there.
        """
        if len(whole := self.text(len(self.items))) <= room:
            return whole
        low, high = 0, len(self.items) - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if len(self.text(middle)) <= room else (low, middle - 1)
        return self.text(low)


def fitted(head: str, sections: Iterable[Section], foot: str, limit: int) -> str:
    """Return head, sections and foot within `limit` characters.

    Each section leaves room for the headings and counts of those after it.
    """
    left = list(sections)
    frames = sum(len(each.text(0)) + 1 for each in left)
    room = limit - len(head) - len(foot) - 2 - frames
    parts = [head]
    for section in left:
        frame = len(section.text(0))
        text = section.fitted(room + frame)
        room -= len(text) - frame
        parts.append(text)
    return "\n".join((*parts, foot)) if foot else "\n".join(parts)
