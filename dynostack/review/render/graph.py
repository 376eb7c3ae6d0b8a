"""A picture of the app and its resources, with changes in color."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dynostack.review.model import Change, Operation, Resource, Review
from dynostack.review.render import labels
from dynostack.review.render.element import Html, element, joined

GROUPS = (
    ("Databases", "database "),
    ("Caches", "cache "),
    ("Add-ons", "add-on "),
    ("Attachments", "attachment "),
    ("Dynos", "dynos of "),
    ("Builds", "build "),
    ("People", "collaborator "),
    ("Domains", "domain "),
    ("Log drains", "log drain "),
    ("Features", "feature "),
    ("Pipeline", "pipeline ", "place in the pipeline, "),
    ("Other", ""),
)
"""A group's title, and the prefixes of its members' titles."""

MOST_OF_A_GROUP = 12
APP = "heroku:app/app:App"
PROVIDERS = "pulumi:providers:"

_WIDTH, _ROW, _NODE, _HEADING, _GAP = 258, 36, 30, 30, 14
_MARGIN, _INDENT, _TOP, _APP = 8, 22, 58, 40
_TEXT = 25
"""The number of characters that fit into a node."""


@dataclass(frozen=True)
class Node:
    """A resource in the picture."""

    resource: Resource
    operation: Operation | None
    address: str | None
    """The id of the element on the page that describes its change."""

    @property
    def state(self) -> str:
        return self.operation or "unchanged"

    @property
    def sign(self) -> str:
        return f"{labels.SIGNS[self.operation]} " if self.operation else ""

    @property
    def name(self) -> str:
        """Return the title without its group's noun and without the text in parentheses."""
        title = self.resource.title.partition(" (")[0]
        nouns = (noun for _, *begin in GROUPS for noun in begin if noun)
        return next((title[len(noun) :] for noun in nouns if title.startswith(noun)), title).strip()

    @property
    def detail(self) -> str:
        """Return the title's text in parentheses, such as an add-on's plan without its service."""
        inside = self.resource.title.partition(" (")[2].removesuffix(")")
        return inside.rpartition(":")[2]


@dataclass(frozen=True)
class Group:
    """Resources of one kind, changed ones first."""

    title: str
    nodes: tuple[Node, ...]

    @property
    def shown(self) -> tuple[Node, ...]:
        return self.nodes[:MOST_OF_A_GROUP]

    @property
    def left_out(self) -> int:
        return len(self.nodes) - len(self.shown)

    @property
    def height(self) -> int:
        return _HEADING + _ROW * (len(self.shown) + bool(self.left_out)) + _GAP


def graph(review: Review, addresses: Mapping[str, str], columns: int) -> Html:
    """Return the picture.

    Args:
        review: the review to show.
        addresses: URN -> the id of the element on the page that describes the change.
        columns: the number of columns.
    """
    nodes = list(_nodes(review, addresses))
    apps = [node for node in nodes if node.resource.type == APP]
    stacked = _columns(_groups(each for each in nodes if each not in apps), columns)
    width = _MARGIN * 2 + _WIDTH * columns
    height = _TOP + max((sum(group.height for group in each) for each in stacked), default=0)
    return element(
        "svg",
        element("title", f"The resources of {review.stack}, with changes in color"),
        *(_trunk(column, groups) for column, groups in enumerate(stacked) if groups),
        *(_column(column, groups) for column, groups in enumerate(stacked)),
        _app(apps, review, width),
        viewBox=f"0 0 {width} {height + _MARGIN}",
        role="group",
        class_=f"graph columns-{columns}",
    )


def _nodes(review: Review, addresses: Mapping[str, str]) -> Iterator[Node]:
    for change in review.changes:
        if not _unseen(change.resource):
            yield _changing(change, addresses)
    for resource in review.unchanged:
        if not _unseen(resource):
            yield Node(resource, None, None)


def _changing(change: Change, addresses: Mapping[str, str]) -> Node:
    resource = change.resource
    return Node(resource, change.operation, addresses.get(resource.urn))


def _unseen(resource: Resource) -> bool:
    return resource.type.startswith(PROVIDERS)


def _groups(nodes: Iterable[Node]) -> list[Group]:
    sorted_in: dict[str, list[Node]] = {}
    for node in nodes:
        sorted_in.setdefault(_group_of(node.resource.title), []).append(node)
    titles = (title for title, *_ in GROUPS)
    return [Group(title, tuple(sorted_in[title])) for title in titles if title in sorted_in]


def _group_of(title: str) -> str:
    return next(group for group, *begin in GROUPS if title.startswith(tuple(begin)))


def _columns(groups: list[Group], number: int) -> list[list[Group]]:
    """Distribute the groups, in order, over columns of about the same height."""
    whole = sum(group.height for group in groups)
    columns: list[list[Group]] = [[] for _ in range(number)]
    above = 0
    for group in groups:
        middle = above + group.height / 2
        columns[min(number - 1, int(middle * number / max(whole, 1)))].append(group)
        above += group.height
    return columns


def _column(column: int, groups: list[Group]) -> Html:
    parts: list[Html] = []
    top, left = _TOP, _MARGIN + column * _WIDTH + _INDENT
    for group in groups:
        title = f"{group.title} ({len(group.nodes)})" if len(group.nodes) > 1 else group.title
        parts.append(element("text", title, x=left, y=top + 21, class_="group"))
        top += _HEADING
        for node in group.shown:
            parts.append(_box(node, left, top, _WIDTH - _INDENT - 16))
            top += _ROW
        if group.left_out:
            more = f"… and {group.left_out:,} more"
            parts.append(element("text", more, x=left + 12, y=top + 20, class_="group"))
            top += _ROW
        top += _GAP
    return joined(*parts)


def _box(node: Node, left: int, top: int, width: int) -> Html:
    detail = _cut(node.detail, _TEXT // 2)
    name = _cut(f"{node.sign}{node.name}", _TEXT - len(detail) - 2 * bool(detail))
    done = labels.DONE[node.operation] if node.operation else "unchanged"
    box = element(
        "g",
        element("title", f"{node.resource.title}: {done}"),
        element("rect", x=left, y=top, width=width, height=_NODE, rx=7),
        element("text", name, x=left + 12, y=top + 20),
        element("text", detail, x=left + width - 12, y=top + 20, class_="detail")
        if detail
        else None,
        class_=f"node {node.state}",
    )
    return element("a", box, href=f"#{node.address}") if node.address else box


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _trunk(column: int, groups: list[Group]) -> Html:
    """Return the line from the app down, with a branch to each resource."""
    left, top = _MARGIN + column * _WIDTH + _INDENT // 2, _TOP
    branches: list[str] = []
    last = top
    for group in groups:
        top += _HEADING
        for _ in group.shown:
            last = top + _NODE // 2
            branches.append(f"M{left} {last - 8}q0 8 8 8h{_INDENT // 2 - 8}")
            top += _ROW
        top += _GAP + _ROW * bool(group.left_out)
    trunk = f"M{left} {_MARGIN + _APP}V{last - 8}"
    return element("path", d="".join([trunk, *branches]), class_="edge")


def _app(apps: list[Node], review: Review, width: int) -> Html:
    title = (
        " ".join(f"{node.sign}{node.resource.title}" for node in apps)
        or f"app {review.app or review.stack}"
    )
    state = apps[0].state if apps else "unchanged"
    box = element(
        "g",
        element("rect", x=_MARGIN, y=_MARGIN, width=width - 2 * _MARGIN, height=_APP, rx=9),
        element("text", title, x=_MARGIN + 14, y=_MARGIN + 26),
        class_=f"node app {state}",
    )
    address = next((node.address for node in apps if node.address), None)
    return element("a", box, href=f"#{address}") if address else box
