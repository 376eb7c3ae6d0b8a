"""The `dynostack recover` command, as error messages print it."""

from __future__ import annotations

import shlex


def recover_command(stack: str, entering: str = "", *options: str) -> str:
    """Return the command that repairs a stack after a killed update.

    Args:
        stack: the stack's name.
        entering: the command to set up the shell for the stack's backend; empty if not needed.
        options: the command's options.
    """
    command = shlex.join(("dynostack", "recover", stack, *options))
    return f"{entering} && {command}" if entering else command
