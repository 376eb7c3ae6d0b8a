"""What it costs."""

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
    """What is paid for changes, and costs more a month than the environment's file allows."""
    limit = review.places.value("review", "monthlyLimit")
    if not isinstance(limit, int | float) or not review.costs.changed:
        return
    if review.costs.new > 100 * limit:
        costs = f"{money(review.costs.new)} a month"
        if review.costs.unknown:
            costs += " and what is unknown"
        text = (f"{costs}, where {money(int(100 * limit))} is the limit",)
        advice = ("a higher ", Code("review.monthlyLimit"), ", or smaller plans")
        place = review.places.at("review", "monthlyLimit")
        yield RuleResult(text, advice, place=place)


@rule("DR502", Severity.NOTE)
def price_unknown(review: ReviewContext) -> Iterator[RuleResult]:
    """The price of something that is new is not in the catalogue."""
    for line in review.costs.changed:
        if line.new is None and line.new_plan is not None:
            text = ("the price of ", Code(line.new_plan), " is not known here")
            yield RuleResult(text, _where(line.new_plan))


def _where(plan: str) -> Markup:
    """Tell where a price is; `catalogue update` asks only for what the catalogue has."""
    service, is_addon, _ = plan.partition(":")
    if is_addon and service not in {each.name for each in services()}:
        return ("look it up: ", PRICES)
    update: Markup = ("in a shell of the real Heroku: ", Code("dynostack catalogue update"))
    return (*update, ", or look it up: ", PRICES) if is_addon else update
