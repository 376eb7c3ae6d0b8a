"""Text in parts, so that no renderer has to guess which words are code.

A plain part is our own words and contains nothing from outside.  Names, values, plans, addresses
and commands are `Code`; sentences that others wrote are `Quote`.
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
    """A sentence that someone else wrote, such as the message of a policy."""

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
    """Join texts with our own words between them; leave out empty texts."""
    parts: list[Part] = []
    for text in filter(None, texts):
        parts += [between, *text] if parts else text
    return tuple(parts)


def listed(names: Iterable[str], between: str = ", ") -> Markup:
    """Join names, each as code."""
    return joined(((Code(name),) for name in names), between)


def mapped(text: Markup, change: Callable[[str], str]) -> Markup:
    """Apply a function, such as a mask, to the parts that come from outside."""
    return tuple(_mapped(part, change) for part in text)


def _mapped(part: Part, change: Callable[[str], str]) -> Part:
    match part:
        case Code(text):
            return Code(change(text))
        case Quote(text):
            return Quote(change(text))
        case _:
            return part
