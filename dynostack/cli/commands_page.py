"""docs/commands.md, every command with its options: `make docs` writes it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from dynostack.cli.commands import commands, subcommands

PAGE = "docs/commands.md"
AS_IS = "\b\n"
PIPE = "&#124;"
HEAD = """\
# Commands

Every command of `dynostack`. `dynostack COMMAND --help` prints the same. `make docs` generates this
page.

## Exit codes

An exit code has the same meaning for every command:

| code | meaning |
|---|---|
| 0 | The command succeeded. Changes and differences count only with `--exit-code`. |
| 1 | The command failed, or `dynostack check` found errors. |
| 2 | There are changes or differences; no error has this code. |
| 3 | A person has to decide: a finding stops a change or needs an explicit yes. |
| 64 | The command cannot start: its arguments, settings or a data file are invalid or missing. |
| 130 | The command was interrupted with Ctrl-C. |

For several stacks, the exit code is the worst one: an error, then 3, then 2, then 0. If the Pulumi
engine fails, the code is 1, whatever the engine's own code is. `dynostack drift accept` exits with
2 even without `--exit-code`. `dynostack local run` exits with the code of the command that it runs.
"""


def page() -> str:
    """Return the whole page."""
    context = click.Context(commands, info_name="dynostack")
    return "\n".join([HEAD, *_entries(commands, context)])


def _entries(group: click.Group, context: click.Context) -> Iterator[str]:
    for name, command in subcommands(group).items():
        inner = click.Context(command, parent=context, info_name=name)
        if isinstance(command, click.Group):
            yield from _entries(command, inner)
        else:
            yield _entry(command, inner)


def _entry(command: click.Command, context: click.Context) -> str:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    parts = [f"## {context.command_path}", f"`{usage}`", *map(_paragraph, paragraphs)]
    if rows := list(_options(command, context)):
        parts.append("\n".join(["| option | meaning |", "|---|---|", *rows]))
    if command.epilog:
        parts.append(command.epilog)
    return "\n\n".join(parts) + "\n"


def _paragraph(text: str) -> str:
    """Return a paragraph of a help text; click prints one that starts with a backspace as it is."""
    return f"```\n{text.removeprefix(AS_IS)}\n```" if text.startswith(AS_IS) else text


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        is_option = isinstance(parameter, click.Option) and "--help" not in parameter.opts
        if is_option and (record := parameter.get_help_record(context)):
            option, meaning = (text.replace("|", PIPE) for text in record)
            # Only in HTML do GitHub and the site agree about a | in the code of a table.
            code = f"<code>{option}</code>" if PIPE in option else f"`{option}`"
            yield f"| {code} | {meaning} |"


def main() -> None:
    """Write the page into the project in the current directory."""
    Path(PAGE).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
