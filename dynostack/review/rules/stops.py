"""What cannot be applied, because Pulumi or Heroku would refuse it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dynostack.review import resource_types
from dynostack.review.markup import Code, Markup
from dynostack.review.model import Operation, Severity
from dynostack.review.rules.rule import ReviewContext, RuleResult, rule
from dynostack.review.step import Refusal, Step

POLICY = "production-database-protected"


@rule("DR109", Severity.STOP)
def protected(review: ReviewContext) -> Iterator[RuleResult]:
    """A protected resource would be replaced or destroyed."""
    for refusal in _first(review.preview.refusals):
        step = review.known(refusal.urn)
        if step.type == resource_types.APP and review.changes_owner:
            continue
        done = "replace" if refusal.replaces else "destroy"
        text: Markup = (*review.title(step), f" is protected, so Pulumi refuses to {done} it")
        path = ""
        if step.type == resource_types.APP:
            text = (*text, ", with every database under it")
            path = "region" if review.changes_region else ""
        yield RuleResult(text, _keep(review, step), step, path)


def _first(refusals: Sequence[Refusal]) -> Sequence[Refusal]:
    """Return the app's refusal alone where there is one: the others follow from it."""
    app = [each for each in refusals if each.urn.rpartition("::")[0].endswith(resource_types.APP)]
    return app or refusals


def _keep(review: ReviewContext, step: Step) -> Markup:
    if step.type == resource_types.APP and review.changes_region:
        region = str((step.old or {}).get("region", ""))
        return (
            "write ",
            Code(f"region: {region}"),
            ": Heroku does not move an app to another region; an app there is a stack of its own",
        )
    unprotected = (Code("protect: false"), " for each database that it protects")
    if review.is_production and review.has_policies:
        return (
            "keep it; the policy ",
            Code(POLICY),
            " keeps a production database protected, and only who changes the policy can write ",
            *unprotected,
        )
    return ("keep it; to give it up, apply ", *unprotected, " alone first, and review again")


@rule("DR113", Severity.STOP)
def name_taken(review: ReviewContext) -> Iterator[RuleResult]:
    """Another app on Heroku has the name that the file gives the app."""
    if review.context.name_taken:
        name = str(review.places.value("app", "name"))
        text = ("an app ", Code(name), " is on Heroku already, and it is not this stack's")
        advice = ("write a name that is free",)
        yield RuleResult(text, advice, place=review.places.at("app", "name"))


@rule("DR114", Severity.STOP)
def owner_changes(review: ReviewContext) -> Iterator[RuleResult]:
    """The app changes its owner, which Heroku does with a transfer.

    https://devcenter.heroku.com/articles/transferring-apps
    """
    if not review.changes_owner or review.known_app is None:
        return
    app = review.known_app
    old, new = review.owners
    text = (*review.title(app), " changes its owner from ", Code(old), " to ", Code(new))
    transfer = Code(f"heroku apps:transfer {new} --app {review.app_name}")
    advice = ("Pulumi would replace the app; transfer it, and review again: ", transfer)
    yield RuleResult(text, advice, app, "organization")


@rule("DR112", Severity.WARN)
def options_not_applied(review: ReviewContext) -> Iterator[RuleResult]:
    """The options of an add-on that exists are other than those it was created with.

    Heroku takes options when it creates an add-on and never tells them afterwards.
    https://devcenter.heroku.com/articles/platform-api-reference#add-on-create
    """
    for step in review.steps:
        replaced = step.operation is Operation.REPLACE
        if step.type != resource_types.ADDON or step.old is None or step.new is None or replaced:
            continue
        created = step.old.get(resource_types.OPTIONS)
        if not isinstance(created, dict):
            if resource_types.is_database(step):
                # It was imported, and Heroku tells no version.
                continue
            created = {}
        for name, value in review.places.options(step).items():
            if name not in created or _differs(created[name], value):
                yield _not_applied(review, step, name, created.get(name))
        for name in created.keys() - review.places.options(step).keys():
            if not resource_types.is_database(step):
                yield _not_applied(review, step, name, created[name])


def _differs(created: object, written: object) -> bool:
    """Compare an option; what is encrypted in the file cannot be compared."""
    return isinstance(written, str) and str(created) != written


def _not_applied(review: ReviewContext, step: Step, name: str, created: object) -> RuleResult:
    text = (*review.title(step), ": ", Code(name), " is other than when the add-on was created,")
    why = " and Heroku changes no option of an add-on that exists"
    advice: Markup = ("nothing is changed; write what it was created with, or add a new add-on",)
    if resource_types.is_database(step):
        why = " and Heroku changes no version in place here"
        advice = (
            "nothing is changed; write ",
            Code(f'version: "{created}"'),
            ": dynostack has no safe command for another version yet",
        )
    return RuleResult((*text, why), advice, step, f"{resource_types.OPTIONS}.{name}")
