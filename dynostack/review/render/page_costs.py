"""Monthly costs before and after, as bars."""

from __future__ import annotations

from dynostack.review.model import CostLine, Costs
from dynostack.review.render import labels
from dynostack.review.render.element import Html, element


def costs(spent: Costs) -> Html | None:
    """Return the section of costs, or None if nothing is paid for."""
    if not spent.lines:
        return None
    most = max((cents or 0 for line in spent.lines for cents in (line.old, line.new)), default=0)
    changed = [_item(line, most) for line in labels.dearest_first(spent)]
    same = [_item(line, most) for line in spent.lines if line not in spent.changed]
    unknown = labels.without_unknown(spent)
    total = f"{labels.totals(spent)}{f', {unknown}' if unknown else ''}"
    return element(
        "section",
        element("h2", "Cost", id="costs-title"),
        element("p", total, class_="total"),
        element("ul", *changed, class_="plain bars") if changed else None,
        _folded(same),
        id="costs",
        aria_labelledby="costs-title",
    )


def _folded(same: list[Html]) -> Html | None:
    if not same:
        return None
    number = "1 item costs" if len(same) == 1 else f"{len(same)} items cost"
    listed = element("ul", *same, class_="plain bars")
    return element(
        "details",
        element("summary", f"{number} the same"),
        listed,
    )


def _item(line: CostLine, most: int) -> Html:
    before, after = labels.paid(line)
    more = labels.difference(line.old, line.new)
    direction = "more" if more.startswith("+") else "less" if more else ""
    return element(
        "li",
        element(
            "p", element("b", line.name), " ", element("span", labels.plans(line), class_="quiet")
        ),
        _bar("before", line.old, before, most, is_there=line.old_plan is not None),
        _bar("after", line.new, after, most, is_there=line.new_plan is not None),
        element("p", more, class_=f"more {direction}") if more else None,
    )


def _bar(side: str, cents: int | None, price: str, most: int, *, is_there: bool) -> Html:
    share = round(100 * (cents or 0) / most, 1) if most else 0
    state = "unknown" if is_there and cents is None else side
    fill = element("span", class_=f"fill {state}", style=f"width: {share}%")
    return element(
        "div",
        element("span", side, class_="side"),
        element("span", fill, class_="track"),
        element("span", price, class_="price"),
        class_="bar",
    )
