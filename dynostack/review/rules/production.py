"""Rules about dynos and databases that are too small for production."""

from __future__ import annotations

from collections.abc import Iterator

from dynostack.environment import catalogue
from dynostack.review import resource_types
from dynostack.review.markup import Code
from dynostack.review.model import Severity
from dynostack.review.rules.rule import ReviewContext, RuleResult, rule

SLEEPING = "Eco"


@rule("DR301", Severity.WARN)
def sleeping_dynos(review: ReviewContext) -> Iterator[RuleResult]:
    """Production dynos fall asleep."""
    for step in review.changed:
        if step.type != resource_types.FORMATION or step.new is None or not review.is_production:
            continue
        if step.new.get("size") == SLEEPING:
            sleep = ": eco dynos fall asleep after 30 minutes without web traffic"
            advice = ("use ", Code("basic"), ", or ", Code("standard-1x"), " for several dynos")
            yield RuleResult((*review.title(step), sleep), advice, step, "size")


@rule("DR302", Severity.WARN)
def hobby_database(review: ReviewContext) -> Iterator[RuleResult]:
    """A production database cannot be restored to an earlier point in time."""
    for step in review.databases:
        if step.new is None or not step.operation or not review.is_production:
            continue
        plan = step.plan.partition(":")[2]
        if catalogue.rollback_days(plan) == 0:
            cannot = " in production: the database cannot be restored to an earlier point in time"
            advice = ("use ", Code("standard-0"), " or larger")
            yield RuleResult((Code(plan), cannot), advice, step, "plan")
