"""Text in parts, so that no renderer has to guess which words are code.

A plain part is our own words and holds nothing from outside.  Names, values, plans, addresses and
commands are `Code`; sentences that others wrote are `Quote`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Code:
    """Text to read or copy exactly as it is: a command, name, value, plan or address."""

    code: str


@dataclass(frozen=True)
class Quote:
    """A sentence that somebody else wrote, such as the message of a policy."""

    quote: str


Part = str | Code | Quote
Markup = tuple[Part, ...]


def plain(text: Markup) -> str:
    """Return the text without its markup, as a person reads it in a terminal."""
    return "".join(map(_content, text))


def _content(part: Part) -> str:
    match part:
        case Code(text) | Quote(text):
            return text
        case _:
            return part


def joined(texts: Iterable[Markup], between: str) -> Markup:
    """Return several texts as one, with our words between them; an empty text says nothing."""
    parts: list[Part] = []
    for text in filter(None, texts):
        parts += [between, *text] if parts else text
    return tuple(parts)


def listed(names: Iterable[str], between: str = ", ") -> Markup:
    """Return names one after the other, each as code."""
    return joined(((Code(name),) for name in names), between)


def mapped(text: Markup, change: Callable[[str], str]) -> Markup:
    """Return the text with a function applied to what comes from outside, such as a mask."""
    return tuple(_mapped(part, change) for part in text)


def _mapped(part: Part, change: Callable[[str], str]) -> Part:
    match part:
        case Code(text):
            return Code(change(text))
        case Quote(text):
            return Quote(change(text))
        case _:
            return part
