"""Runs in an environment with the wheel, and tells what its commands answer or imports its modules.

`probe.py answers COMMAND...` runs commands, each with some value for whatever it requires, and
prints their exit codes and messages. `probe.py imports PACKAGE...` imports all modules of packages.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from collections.abc import Iterator

import click
from click.testing import CliRunner

from dynostack.cli.commands import commands, subcommands

RUN_AS_MAIN = "__main__"


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of each command."""
    if not isinstance(command, click.Group):
        yield path
        return
    for name, each in subcommands(command).items():
        yield from leaves(each, (*path, name))


def arguments(path: tuple[str, ...]) -> list[str]:
    """Return a command's words with a value for everything that it requires."""
    command: click.Command = commands
    for name in path:
        assert isinstance(command, click.Group)
        command = subcommands(command)[name]
    words = [*path]
    for each in command.params:
        if each.required:
            words += [each.opts[0]] if isinstance(each, click.Option) else []
            words.append("1")
    return words


def answers(names: list[str]) -> dict[str, tuple[int, str]]:
    """Return the exit code and the output of the commands in the groups with these names."""
    return {
        " ".join(path): (done.exit_code, done.output)
        for path in leaves(commands)
        if path[0] in names
        for done in (CliRunner().invoke(commands, arguments(path), prog_name="dynostack"),)
    }


def import_all(names: list[str]) -> int:
    """Import the modules of packages, and return how many there are."""
    found = 0
    for name in names:
        module = importlib.import_module(name)
        found += 1
        for each in pkgutil.walk_packages(getattr(module, "__path__", ()), f"{name}."):
            if not each.name.endswith(RUN_AS_MAIN):
                importlib.import_module(each.name)
                found += 1
    return found


if __name__ == "__main__":
    question, *given = sys.argv[1:]
    print(json.dumps(answers(given) if question == "answers" else import_all(given)))
