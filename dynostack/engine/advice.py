"""Advice about a stack's state, as error messages print it."""

from __future__ import annotations

import shlex

from dynostack.environment.command_line import stack_command


def recover_command(stack: str, entering: str = "", *options: str) -> str:
    """Return the command that repairs a stack after a killed update.

    Args:
        stack: the stack's name.
        entering: the command to set up the shell for the stack's backend; empty if not needed.
        options: the command's options.
    """
    command = stack_command("dynostack recover", stack, options=options)
    return f"{entering} && {command}" if entering else command


def missing_stack(stack: str) -> str:
    """Return the message about a stack that the backend does not have, with what to do.

    dynostack does not create the stack unasked, because others use the backend, too.

    Args:
        stack: the stack's name.
    """
    create = stack_command("pulumi stack init", stack, options=("--no-select",))
    adopt = shlex.join(("dynostack", "adopt", "APP", "--stack", stack))
    return (
        f"the Pulumi backend has no stack {stack} yet\n      = create it, which changes nothing on"
        f" Heroku: {create}\n      = if its app is on Heroku already, run instead: {adopt}"
    )
