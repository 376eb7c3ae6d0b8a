"""Rules across the stacks of one project."""

from collections.abc import Iterator

from dynostack.environment.diagnostics.finding import Finding
from dynostack.environment.diagnostics.rule import RuleContext


def app_of_one_stack(context: RuleContext) -> Iterator[Finding]:
    """Report an app that several stacks name; they would undo each other's changes."""
    name = context.text("app", "name")
    others = [stack for stack in context.apps.get(name or "", ()) if stack != context.stack]
    if others:
        message = f'app "{name}" also belongs to the stack {" and ".join(others)}'
        yield Finding(("app", "name"), "DS301", message, f"a unique name, such as {name}-2")


RULES = (app_of_one_stack,)
