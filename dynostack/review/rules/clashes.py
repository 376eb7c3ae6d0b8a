"""Names and addresses that two resources would have at once."""

from __future__ import annotations

from collections.abc import Iterator

from dynostack.review import kinds
from dynostack.review.markup import Code
from dynostack.review.model import Operation, Severity
from dynostack.review.reading import SECRET
from dynostack.review.rules.rule import RuleResult, Subject, rule
from dynostack.review.step import Step, Values

UNIQUE = {kinds.ADDON: "name", kinds.DRAIN: "url"}
"""A type of resource -> the property of which Heroku takes a value once."""


@rule("DR118", Severity.STOP)
def still_taken(subject: Subject) -> Iterator[RuleResult]:
    """A resource gets the name or address that another one has until later in the same apply."""
    for step in subject.changed:
        key = UNIQUE.get(step.type, "")
        wanted = _value(step.new, key)
        if not wanted or wanted == _value(step.old, key):
            continue
        for other in subject.steps:
            if (
                other.urn != step.urn
                and other.type == step.type
                and _value(other.old, key) == wanted
            ):
                yield _clash(subject, step, other, wanted)


def _value(values: Values | None, key: str) -> str:
    found = (values or {}).get(key)
    return found if isinstance(found, str) and found != SECRET else ""


def _clash(subject: Subject, step: Step, other: Step, wanted: str) -> RuleResult:
    text = (*subject.title(step), " gets ", Code(wanted), ", which ", *subject.title(other))
    text = (*text, " still has then: Heroku refuses it")
    if other.operation is Operation.DESTROY:
        advice = ("keep the key ", Code(other.name), ", or remove it in an apply of its own first")
    else:
        advice = ("change ", Code(other.name), " in an apply of its own first")
    return RuleResult(text, advice, step, UNIQUE[step.type])
