"""Across the stacks of one project."""

from collections.abc import Iterator

from dynostack.environment.diagnostics.finding import Finding
from dynostack.environment.diagnostics.rule import RuleContext


def app_of_one_stack(context: RuleContext) -> Iterator[Finding]:
    """An app's name is one of its kind in all of Heroku, so two stacks would fight over one app."""
    name = context.text("app", "name")
    others = [stack for stack in context.apps.get(name or "", ()) if stack != context.stack]
    if others:
        message = f'app "{name}" belongs to the stack {" and ".join(others)} too'
        yield Finding(("app", "name"), "DS301", message, f"a name of its own, such as {name}-2")


RULES = (app_of_one_stack,)
