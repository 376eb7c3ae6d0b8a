"""Rules about versions that Heroku will soon stop supporting."""

from __future__ import annotations

from collections.abc import Iterator

from dynostack.environment.rules.end_of_life import POSTGRES, STACK, Kind
from dynostack.review.changes import value
from dynostack.review.markup import Code, listed
from dynostack.review.model import Severity
from dynostack.review.rules.rule import ReviewContext, RuleResult, rule
from dynostack.review.step import Step


@rule("DR401", Severity.WARN)
def near_end_of_life(review: ReviewContext) -> Iterator[RuleResult]:
    """A new or changed stack or Postgres version is near its end of life."""
    if review.app:
        yield from _ending(review, review.app, "stack", STACK)
    for step in review.databases:
        yield from _ending(review, step, "config.version", POSTGRES)


def _ending(review: ReviewContext, step: Step, path: str, kind: Kind) -> Iterator[RuleResult]:
    if step.new is None or not step.operation:
        return
    ending = kind.ending(review.today, value(step.new, path))
    if ending:
        text = (f"{kind.title} ", Code(ending.name), f" {ending.when}")
        yield RuleResult(text, ("write ", *listed(ending.later, " or ")), step, path)
