"""Rules across the stacks of one project."""

from collections.abc import Iterator

from dynostack.environment.diagnostics.finding import Finding
from dynostack.environment.diagnostics.rule import LOCAL_STACK, RuleContext


def app_of_one_stack(context: RuleContext) -> Iterator[Finding]:
    """Report an app that several stacks name; they would undo each other's changes.

    The local stack may use any name: its app is on the local Heroku, which the others never reach.
    """
    if context.stack == LOCAL_STACK:
        return
    name = context.text("app", "name")
    stacks = context.apps.get(name or "", ())
    others = [stack for stack in stacks if stack not in (context.stack, LOCAL_STACK)]
    if others:
        message = f'app "{name}" also belongs to the stack {" and ".join(others)}'
        yield Finding(("app", "name"), "DS301", message, f"a unique name, such as {name}-2")


RULES = (app_of_one_stack,)
