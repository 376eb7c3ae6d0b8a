"""Rules about names that two resources would share, and resources destroyed while in use."""

from __future__ import annotations

from collections.abc import Iterator

from dynostack.review import resource_types
from dynostack.review.markup import Code, Markup
from dynostack.review.model import Operation, Severity
from dynostack.review.preview_parser import SECRET
from dynostack.review.rules.rule import ReviewContext, RuleResult, rule
from dynostack.review.step import Step, Values

UNIQUE = {resource_types.ADDON: "name", resource_types.DRAIN: "url"}
"""A resource type -> the property whose value must be unique on Heroku."""


@rule("DR118", Severity.STOP)
def still_taken(review: ReviewContext) -> Iterator[RuleResult]:
    """A resource takes a name or address that another resource still has during the same apply."""
    for step in review.changed:
        key = UNIQUE.get(step.type, "")
        wanted = _value(step.new, key)
        if not wanted or wanted == _value(step.old, key):
            continue
        for other in review.steps:
            if (
                other.urn != step.urn
                and other.type == step.type
                and _value(other.old, key) == wanted
            ):
                yield _clash(review, step, other, wanted)


def _value(values: Values | None, key: str) -> str:
    found = (values or {}).get(key)
    return found if isinstance(found, str) and found != SECRET else ""


def _clash(review: ReviewContext, step: Step, other: Step, wanted: str) -> RuleResult:
    text = (*review.title(step), " gets ", Code(wanted), ", which ", *review.title(other))
    text = (*text, " still has at that point, so Heroku would refuse it")
    if other.operation is Operation.DESTROY:
        advice = ("keep the key ", Code(other.name), ", or remove it in a separate apply first")
    else:
        advice = ("change ", Code(other.name), " in a separate apply first")
    return RuleResult(text, advice, step, UNIQUE[step.type])


@rule("DR119", Severity.STOP)
def destroyed_and_used(review: ReviewContext) -> Iterator[RuleResult]:
    """The app's pipeline would be destroyed, but the file still refers to it by its id."""
    for step in review.changed:
        if (
            step.type != resource_types.PIPELINE
            or step.operation is not Operation.DESTROY
            or not step.id
        ):
            continue
        for other in review.steps:
            if (
                other.type == resource_types.COUPLING
                and (other.new or {}).get("pipeline") == step.id
            ):
                text = (*review.title(step), " would be destroyed, and every app would leave it;")
                text = (*text, " the file refers to it by an id that would no longer exist")
                advice: Markup = (
                    "write ",
                    Code("create: true"),
                    " and its name; dynostack has no safe",
                )
                advice = (*advice, " command yet to hand a pipeline over to another stack")
                yield RuleResult(text, advice, other, "pipeline")
