"""The command that puts a crash right, as errors name it."""

from __future__ import annotations

import shlex


def recover_command(stack: str, entering: str = "", *options: str) -> str:
    """Return the command for a stack.

    Args:
        stack: the stack's name.
        entering: the command that first gives a shell the stack's backend; empty if it has it.
        options: the command's options.
    """
    command = shlex.join(("dynostack", "recover", stack, *options))
    return f"{entering} && {command}" if entering else command
