"""Which process types Heroku knows."""

from __future__ import annotations

from collections.abc import Iterator

from dynostack.review import kinds
from dynostack.review.markup import Code, Markup
from dynostack.review.model import Operation, Severity
from dynostack.review.rules.rule import RuleResult, Subject, rule


@rule("DR117", Severity.STOP)
def process_unknown(subject: Subject) -> Iterator[RuleResult]:
    """Dynos are declared of a process type that no release has, and no build is declared.

    https://devcenter.heroku.com/articles/procfile
    """
    app = subject.context.app
    if any(step.type == kinds.BUILD and step.new is not None for step in subject.steps):
        return
    if app is None and not subject.is_new:
        return
    known = app.processes if app else frozenset()
    for step in subject.changed:
        process = str(step.inputs.get("type", step.name))
        if step.type != kinds.FORMATION or step.operation is not Operation.CREATE:
            continue
        if process not in known:
            text: Markup = ("no release of the app has a process type ", Code(process))
            text = (*text, ", so Heroku refuses to scale it")
            advice: Markup = ("write ", Code("source"), " under ", Code("app"), ", or leave ")
            advice = (*advice, Code(f"formation.{process}"), " out until code with it was pushed")
            yield RuleResult(text, advice, step)
