"""Rules about changes that cannot be applied, because Pulumi or Heroku would refuse them."""

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
            text = (*text, " and every database that belongs to it")
            path = "region" if review.changes_region else ""
        yield RuleResult(text, _keep(review, step), step, path)


def _first(refusals: Sequence[Refusal]) -> Sequence[Refusal]:
    """Return only the app's refusal if there is one, because the others follow from it."""
    app = [each for each in refusals if each.urn.rpartition("::")[0].endswith(resource_types.APP)]
    return app or refusals


def _keep(review: ReviewContext, step: Step) -> Markup:
    if step.type == resource_types.APP and review.changes_region:
        region = str((step.old or {}).get("region", ""))
        return (
            "write ",
            Code(f"region: {region}"),
            "; Heroku does not move an app to another region, and an app there needs its own stack",
        )
    unprotected = (Code("protect: false"), " for each protected database")
    if review.is_production and review.has_policies:
        return (
            "keep it; the policy ",
            Code(POLICY),
            " requires protection in production, so change the policy before you write ",
            *unprotected,
        )
    return ("keep it, or first apply only ", *unprotected, ", then review again")


@rule("DR113", Severity.STOP)
def name_taken(review: ReviewContext) -> Iterator[RuleResult]:
    """Another app on Heroku already has the name that the file gives the app."""
    if review.context.name_taken:
        name = str(review.places.value("app", "name"))
        text = (
            "an app ",
            Code(name),
            " already exists on Heroku and does not belong to this stack",
        )
        advice = ("choose another name",)
        yield RuleResult(text, advice, place=review.places.at("app", "name"))


@rule("DR114", Severity.STOP)
def owner_changes(review: ReviewContext) -> Iterator[RuleResult]:
    """The app's owner changes, which requires a transfer on Heroku.

    https://devcenter.heroku.com/articles/transferring-apps
    """
    if not review.changes_owner or review.known_app is None:
        return
    app = review.known_app
    old, new = review.owners
    text = (*review.title(app), " changes its owner from ", Code(old), " to ", Code(new))
    transfer = Code(f"heroku apps:transfer {new} --app {review.app_name}")
    advice = ("Pulumi would replace the app; transfer it instead, then review again: ", transfer)
    yield RuleResult(text, advice, app, "organization")


@rule("DR112", Severity.WARN)
def options_not_applied(review: ReviewContext) -> Iterator[RuleResult]:
    """The options of an existing add-on differ from those it was created with.

    Heroku takes options when it creates an add-on and never returns them afterwards.
    https://devcenter.heroku.com/articles/platform-api-reference#add-on-create
    """
    for step in review.steps:
        replaced = step.operation is Operation.REPLACE
        if step.type != resource_types.ADDON or step.old is None or step.new is None or replaced:
            continue
        if resource_types.is_database(step):
            continue  # its only option is the version: see DR104
        created = step.old.get(resource_types.OPTIONS)
        created = created if isinstance(created, dict) else {}
        options = review.places.options(step)
        for name, value in options.items():
            if name not in created or _differs(created[name], value):
                yield _not_applied(review, step, name)
        for name in created.keys() - options.keys():
            yield _not_applied(review, step, name)


def _differs(created: object, written: object) -> bool:
    """Return whether an option differs; a value that is encrypted in the file never does."""
    return isinstance(written, str) and str(created) != written


def _not_applied(review: ReviewContext, step: Step, name: str) -> RuleResult:
    text = (
        *review.title(step),
        ": ",
        Code(name),
        " differs from the value that the add-on was created with,",
    )
    why = " and Heroku does not change the options of an existing add-on"
    advice = ("nothing changes; write the original value, or add a new add-on",)
    return RuleResult((*text, why), advice, step, f"{resource_types.OPTIONS}.{name}")
