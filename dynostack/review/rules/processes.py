"""Rules about process types."""

from __future__ import annotations

from collections.abc import Iterator

from dynostack.review import resource_types
from dynostack.review.markup import Code, Markup
from dynostack.review.model import Operation, Severity
from dynostack.review.rules.rule import ReviewContext, RuleResult, rule


@rule("DR117", Severity.STOP)
def process_unknown(review: ReviewContext) -> Iterator[RuleResult]:
    """Dynos are declared for a process type that no release has, and no build is declared.

    https://devcenter.heroku.com/articles/procfile
    """
    app = review.context.app
    if any(step.type == resource_types.BUILD and step.new is not None for step in review.steps):
        return
    if app is None and not review.is_new:
        return
    known = app.processes if app else frozenset()
    for step in review.changed:
        process = str(step.inputs.get("type", step.name))
        if step.type != resource_types.FORMATION or step.operation is not Operation.CREATE:
            continue
        if process not in known:
            text: Markup = ("no release of the app has a process type ", Code(process))
            text = (*text, ", so Heroku refuses to scale it")
            advice: Markup = ("write ", Code("source"), " under ", Code("app"), ", or leave ")
            advice = (
                *advice,
                Code(f"formation.{process}"),
                " out until you push code with that process type",
            )
            yield RuleResult(text, advice, step)
