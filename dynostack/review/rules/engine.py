"""Rules about what the engine reports: policies, drift on Heroku, and interrupted updates."""

from __future__ import annotations

from collections.abc import Iterator

from dynostack.engine.advice import recover_command
from dynostack.inventory.app import LIVE
from dynostack.review.markup import Code, Quote, listed
from dynostack.review.model import Severity
from dynostack.review.rules.rule import ReviewContext, RuleResult, rule


@rule("DR601", Severity.WARN)
def changed_over_drift(review: ReviewContext) -> Iterator[RuleResult]:
    """This change overwrites something that was changed on Heroku outside Pulumi."""
    drifted = {step.urn: step for step in review.preview.drift}
    for step in review.changed:
        if step.urn in drifted:
            what = listed(drifted[step.urn].differences) or ("it was deleted",)
            text = (*review.title(step), " was changed on Heroku outside Pulumi: ", *what)
            advice = ("to keep that change, write it in the file; otherwise this apply reverts it",)
            yield RuleResult(text, advice, step)


@rule("DR602", Severity.STOP)
def forbidden_by_policy(review: ReviewContext) -> Iterator[RuleResult]:
    """A Pulumi policy forbids the change, also in `pulumi up`."""
    yield from _violations(review, mandatory=True)


@rule("DR603", Severity.WARN)
def discouraged_by_policy(review: ReviewContext) -> Iterator[RuleResult]:
    """A Pulumi policy advises against the change."""
    yield from _violations(review, mandatory=False)


def _violations(review: ReviewContext, *, mandatory: bool) -> Iterator[RuleResult]:
    steps = {step.urn: step for step in review.steps}
    for each in review.preview.violations:
        if each.mandatory is mandatory:
            refuses = "Pulumi refuses the change as it is: " if mandatory else ""
            text = (Quote(" ".join(each.message.split())),)
            advice = (f"{refuses}policy ", Code(each.policy))
            yield RuleResult(text, advice, steps.get(each.urn))


@rule("DR604", Severity.STOP)
def interrupted(review: ReviewContext) -> Iterator[RuleResult]:
    """A Pulumi update was killed during an operation, and the state does not have its outcome."""
    for each in review.context.state.interruptions:
        if not review.orphan(each):
            text = (f"an update was killed while it was {each.operation} ", Code(each.name))
            advice = (
                "before you apply anything, let dynostack check what Heroku has: ",
                recover(review),
            )
            yield RuleResult(text, advice, review.known(each.urn))


@rule("DR110", Severity.STOP)
def orphaned(review: ReviewContext) -> Iterator[RuleResult]:
    """A killed update left an add-on on Heroku that is billed but missing from the state."""
    for each in review.context.state.interruptions:
        if addon := review.orphan(each):
            name, plan = Code(addon.name), Code(addon.plan)
            text = ("add-on ", name, " (", plan, ") was created by an update that was killed:")
            more = " it is billed but missing from the state, and an apply would create another one"
            if LIVE in addon.attachments and addon.is_database:
                more += "; it is the live database"
            advice = ("adopt it into the state: ", recover(review))
            yield RuleResult((*text, more), advice, review.known(each.urn))


def recover(review: ReviewContext) -> Code:
    """Return the command that repairs the stack after a killed update."""
    return Code(recover_command(review.preview.stack))


@rule("DR605", Severity.NOTE)
def not_asked(review: ReviewContext) -> Iterator[RuleResult]:
    """Heroku could not be asked which database is live."""
    if reason := review.context.unavailable:
        text = ("could not ask Heroku which database is live: ", Quote(reason))
        yield RuleResult(text, ("review again when Heroku answers",))
