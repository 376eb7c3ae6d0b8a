"""Text of the page: our words as text; names, values and commands in `<code>`."""

from __future__ import annotations

from dynostack.review.markup import Code, Markup, Part, Quote
from dynostack.review.model import SourceLocation
from dynostack.review.render.element import Child, Html, element, joined


def prose(text: Markup) -> Html:
    """Return a sentence with the markup of each part."""
    return joined(*map(_part, text))


def code(text: str, identity: str | None = None) -> Html:
    """Return a name, value or command."""
    return element("code", text, id=identity)


def place(where: SourceLocation | None) -> Html | None:
    """Return a line of the environment's file, or None."""
    return element("span", str(where), class_="place") if where else None


def _part(part: Part) -> Child:
    match part:
        case Code(text):
            return code(text)
        case Quote(text):
            return element("q", text)
        case _:
            return part
