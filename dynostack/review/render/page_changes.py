"""The changes section of the page: each resource folded, with old and new values."""

from __future__ import annotations

from collections.abc import Iterable

from dynostack.review.model import Change, Finding, Property, Review
from dynostack.review.render import labels
from dynostack.review.render.element import Child, Html, element
from dynostack.review.render.page_text import code, place, prose


def addresses(review: Review) -> dict[str, str]:
    """Return the id of each change on the page, by URN."""
    return {each.resource.urn: f"change-{number}" for number, each in enumerate(review.changes, 1)}


def changes(
    identity: str, title: str, made: Iterable[Change], review: Review, *, opened: bool
) -> Html | None:
    """Return a section of changes, or None if there are none."""
    where = addresses(review)
    listed = [_change(each, where[each.resource.urn], review, opened=opened) for each in made]
    return _section(identity, title, listed) if listed else None


def drift(review: Review) -> Html | None:
    """Return the section of what was changed on Heroku outside Pulumi, or None."""
    listed = [
        _change(each, f"drift-{number}", review, opened=True)
        for number, each in enumerate(review.drift, 1)
    ]
    title = "Changed on Heroku outside Pulumi"
    return _section("drift", title, listed) if listed else None


def _section(identity: str, title: str, listed: list[Html]) -> Html:
    heading = element("h2", f"{title} ({len(listed)})", id=f"{identity}-title")
    return element("section", heading, *listed, id=identity, aria_labelledby=f"{identity}-title")


def _change(change: Change, identity: str, review: Review, *, opened: bool) -> Html:
    findings = review.of(review.findings, change.resource.urn)
    summary = element(
        "summary",
        element("span", labels.SIGNS[change.operation], class_="sign", aria_hidden="true"),
        element("b", change.title),
        element("span", labels.DONE[change.operation], class_=f"chip {change.operation}"),
        element("span", "protected", class_="chip") if change.protected else None,
        place(change.place),
    )
    return element(
        "details",
        summary,
        *_consequences(change, findings),
        _properties(change),
        id=identity,
        class_=f"change {change.operation}",
        open=opened,
    )


def _consequences(change: Change, findings: Iterable[Finding]) -> Iterable[Child]:
    if change.lost:
        yield element("p", element("b", "Lost: "), prose(change.lost), class_="lost")
    for finding in findings:
        yield element("p", element("b", finding.id), " ", prose(finding.text), class_="of-finding")


def _properties(change: Change) -> Html | None:
    if not change.properties:
        return (
            None
            if change.destroys
            else element("p", "No changed properties are listed.", class_="quiet")
        )
    head = element("tr", *(element("th", name, scope="col") for name in ("Property", "Old", "New")))
    rows = (_row(each) for each in change.properties)
    table = element("table", element("thead", head), element("tbody", *rows))
    return element(
        "div", table, class_="scroll", tabindex=0, role="region", aria_label="Properties"
    )


def _row(change: Property) -> Html:
    old, new = labels.sides(change)
    forces = element("span", "forces the replacement", class_="chip replace")
    name = element(
        "th",
        code(change.path),
        forces if change.replaces else None,
        place(change.place),
        scope="row",
    )
    return element("tr", name, _value(old, "old"), _value(new, "new"), class_=str(change.edit))


def _value(value: str | None, side: str) -> Html:
    if value is None:
        return element("td", element("span", "not set", class_="quiet"), class_=side)
    return element("td", code(value) if value else "(empty)", class_=side)
