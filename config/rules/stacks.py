"""Across the stacks of one project."""

from collections.abc import Iterator

from config.finding import Finding
from config.subject import Subject


def app_of_one_stack(subject: Subject) -> Iterator[Finding]:
    """An app's name is one of its kind in all of Heroku, so two stacks would fight over one app."""
    name = subject.text("app", "name")
    others = [stack for stack in subject.apps.get(name or "", ()) if stack != subject.stack]
    if others:
        says = f'app "{name}" belongs to the stack {" and ".join(others)} too'
        yield Finding(("app", "name"), "DS301", says, f"a name of its own, such as {name}-2")


RULES = (app_of_one_stack,)
