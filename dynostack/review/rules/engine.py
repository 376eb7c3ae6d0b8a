"""What the engine itself tells: policies, and what is otherwise on Heroku."""

from __future__ import annotations

from collections.abc import Iterator

from dynostack.review.markup import Code, Quote, listed
from dynostack.review.model import Severity
from dynostack.review.rules.rule import RuleResult, Subject, rule


@rule("DR601", Severity.WARN)
def changed_over_drift(subject: Subject) -> Iterator[RuleResult]:
    """Something was changed on Heroku by other means, and this change goes over it."""
    drifted = {step.urn: step for step in subject.preview.drift}
    for step in subject.changed:
        if step.urn in drifted:
            what = listed(drifted[step.urn].differences) or ("it is gone",)
            text = (*subject.title(step), " was changed on Heroku by other means: ", *what)
            advice = ("write what is on Heroku here, if it was meant; otherwise it is set back",)
            yield RuleResult(text, advice, step)


@rule("DR602", Severity.BLOCK)
def forbidden_by_policy(subject: Subject) -> Iterator[RuleResult]:
    """A policy of the engine forbids it, at `pulumi up` too."""
    yield from _violations(subject, mandatory=True)


@rule("DR603", Severity.WARN)
def discouraged_by_policy(subject: Subject) -> Iterator[RuleResult]:
    """A policy of the engine advises against it."""
    yield from _violations(subject, mandatory=False)


def _violations(subject: Subject, *, mandatory: bool) -> Iterator[RuleResult]:
    steps = {step.urn: step for step in subject.steps}
    for each in subject.preview.violations:
        if each.mandatory is mandatory:
            refuses = "the engine refuses it as it is: " if mandatory else ""
            text = (Quote(" ".join(each.message.split())),)
            advice = (f"{refuses}policy ", Code(each.policy))
            yield RuleResult(text, advice, steps.get(each.urn))
