"""What it costs."""

from __future__ import annotations

from collections.abc import Iterator

from dynostack.review.model import Severity
from dynostack.review.render.words import money
from dynostack.review.rules.rule import Said, Subject, rule


@rule("DR501", Severity.BLOCK)
def above_the_limit(subject: Subject) -> Iterator[Said]:
    """It costs more a month than the environment's file allows."""
    limit = subject.places.value("review", "monthlyLimit")
    if isinstance(limit, int | float) and subject.costs.new > 100 * limit:
        costs = f"{money(subject.costs.new)} a month"
        if subject.costs.unknown:
            costs += " and what is unknown"
        text = f"{costs}, where {money(int(100 * limit))} is the limit"
        place = subject.places.at("review", "monthlyLimit")
        yield Said(text, "a higher review.monthlyLimit, or smaller plans", place=place)


@rule("DR502", Severity.NOTE)
def price_unknown(subject: Subject) -> Iterator[Said]:
    """The price of something that is new is not in the catalogue."""
    for line in subject.costs.changed:
        if line.new is None:
            text = f"the price of {line.new_plan} is not known here"
            yield Said(text, "look it up: dynostack catalogue update, or elements.heroku.com")
