"""Commands for one stack, as messages print them for a shell."""

import shlex


def stack_command(command: str, stack: str, *arguments: str, options: tuple[str, ...] = ()) -> str:
    """Return a command for one stack, quoted for a shell.

    Pulumi allows a name that begins with a dash.  Such a name comes after `--`, so that it is not
    read as an option.

    Args:
        command: the words before the stack's name, such as `dynostack review`.
        stack: the stack's name.
        arguments: the arguments after the stack's name.
        options: the options with their values.
    """
    words = (stack, *arguments, *options)
    if stack.startswith("-"):
        words = (*options, "--", stack, *arguments)
    return f"{command} {shlex.join(words)}"
