"""Rules about costs."""

from __future__ import annotations

from collections.abc import Iterator

from dynostack.environment.catalogue import services
from dynostack.review.markup import Code, Markup
from dynostack.review.model import Severity
from dynostack.review.render.labels import money
from dynostack.review.rules.rule import ReviewContext, RuleResult, rule

PRICES = Code("https://elements.heroku.com/addons")


@rule("DR501", Severity.BLOCK)
def above_the_limit(review: ReviewContext) -> Iterator[RuleResult]:
    """A paid item changes, and the monthly cost is above the limit in the environment's file."""
    limit = review.places.value("review", "monthlyLimit")
    if not isinstance(limit, int | float) or not review.costs.changed:
        return
    if review.costs.new > 100 * limit:
        costs = f"{money(review.costs.new)} a month"
        if review.costs.unknown:
            costs += " plus items with an unknown price"
        text = (f"the cost would be {costs}, above the limit of {money(int(100 * limit))}",)
        advice = ("raise ", Code("review.monthlyLimit"), ", or choose smaller plans")
        place = review.places.at("review", "monthlyLimit")
        yield RuleResult(text, advice, place=place)


@rule("DR502", Severity.NOTE)
def price_unknown(review: ReviewContext) -> Iterator[RuleResult]:
    """The price of a new or changed item is unknown."""
    for line in review.costs.changed:
        if line.new is None and line.new_plan is not None:
            text = ("the price of ", Code(line.new_plan), " is unknown")
            yield RuleResult(text, _where(line.new_plan))


def _where(plan: str) -> Markup:
    """Return advice on where to find a price.

    `dynostack catalogue update` only updates services that the catalogue already has.
    """
    service, is_addon, _ = plan.partition(":")
    if is_addon and service not in {each.name for each in services()}:
        return ("look it up at ", PRICES)
    update: Markup = (
        "in a shell that uses the real Heroku, run ",
        Code("dynostack catalogue update"),
    )
    return (*update, ", or look it up at ", PRICES) if is_addon else update
