"""The names by which `dynostack secret set` finds a value in an environment's file.

A bare name is a config var of the app; any other value is named by its path in the file, in
Pulumi's syntax.  https://www.pulumi.com/docs/iac/concepts/config/#structured-configuration
"""

import re

from dynostack.environment.command_line import stack_command

CONFIG_VARS = ("app", "configVars")

_WORD = re.compile(r"[\w-]+")
_STEP = re.compile(r'\.?(?P<word>[\w-]+)|\["(?P<quoted>(?:[^"\\]|\\["\\])+)"\]')
_ESCAPED = re.compile(r'(["\\])')


def secret_command(stack: str, path: tuple[str, ...]) -> str:
    """Return the command that asks for a value and writes it encrypted.

    Args:
        stack: the stack's name.
        path: the keys to the value, beginning with the section.
    """
    return stack_command("dynostack secret set", stack, name_of(path))


def name_of(path: tuple[str, ...]) -> str:
    """Return the name of the value at a path of keys, which begins with the section."""
    *parents, last = path
    if tuple(parents) == CONFIG_VARS and _WORD.fullmatch(last):
        return last
    return "".join(map(_step, path)).removeprefix(".")


def path_of(name: str) -> tuple[str, ...] | None:
    """Return the path of keys to the value that a name means; None if it is not a name."""
    if _WORD.fullmatch(name):
        return (*CONFIG_VARS, name)
    keys: list[str] = []
    end = 0
    while end < len(name):
        step = _STEP.match(name, end)
        if step is None or (step.start() == 0) != (step[0] == step["word"]):
            return None
        keys.append(step["word"] or re.sub(r"\\(.)", r"\1", step["quoted"]))
        end = step.end()
    return tuple(keys) or None


def _step(key: str) -> str:
    if _WORD.fullmatch(key):
        return f".{key}"
    escaped = _ESCAPED.sub(r"\\\1", key)
    return f'["{escaped}"]'
