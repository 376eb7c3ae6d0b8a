"""HTML elements; every text is escaped unless it is `Html`."""

from __future__ import annotations

from html import escape

from dynostack.review.render.escaping import visible

OF_HTML = frozenset({"meta"})
VOID = OF_HTML | {"path", "rect"}
"""Elements without content; those of SVG are written with a closing slash."""


class Html(str):
    """Markup that this package wrote, which is not escaped."""

    __slots__ = ()


Child = str | Html | None
Attribute = str | int | bool | None


def element(tag: str, /, *children: Child, **attributes: Attribute) -> Html:
    """Return an element; `class_` and `aria_label` are written as class and aria-label."""
    opening = f"<{tag}{''.join(_attribute(*each) for each in attributes.items())}"
    if tag in VOID:
        return Html(f"{opening}>" if tag in OF_HTML else f"{opening}/>")
    return Html(f"{opening}>{joined(*children)}</{tag}>")


def joined(*children: Child) -> Html:
    """Return several children one after the other."""
    return Html("".join(map(_child, children)))


def _child(child: Child) -> str:
    if child is None:
        return ""
    return child if isinstance(child, Html) else escape(visible(child), quote=False)


def _attribute(name: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    written = name.rstrip("_").replace("_", "-")
    return f" {written}" if value is True else f' {written}="{escape(visible(str(value)))}"'
