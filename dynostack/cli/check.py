"""The command that checks the environments' files."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from dynostack.cli.options import pass_project, step
from dynostack.cli.stacks import stacks_options
from dynostack.environment.source.encrypted_values import KeyOfSalt, no_passphrase
from dynostack.extras import is_installed
from dynostack.fleet.selection import Selection
from dynostack.local import settings

REPORT_FORMAT = click.Choice(["text", "json", "github", "sarif"])


@click.command()
@stacks_options
@click.option("--format", "style", type=REPORT_FORMAT, default="text", help="Format of the report.")
@click.option("--fix", "is_fixing", is_flag=True, help="Apply the safe fixes and show each change.")
@click.option(
    "--project-rules/--no-project-rules",
    default=True,
    help="Run or skip the rules in the project's own config package.",
)
@pass_project
def check(
    project: Path,
    selection: Selection,
    style: str,
    is_fixing: bool,
    project_rules: bool,
) -> None:
    """Check the environments' files for errors.

    The file of STACK is Pulumi.STACK.yaml. Without STACK, check all environments of the project.
    The check does not use the network. It runs no code of the project except its config package,
    if that has a class Environment. With PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE,
    it also decrypts the secrets of the files that have this passphrase, and reports those that are
    encrypted with another key.

    Exit code: 0 without errors (warnings do not count), 1 with errors, 64 if there is nothing to
    check.
    """
    # A search for plugins of Pydantic takes as long as to check a file, and they change no finding.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from dynostack.check import command

    stacks: Sequence[str] | None = selection.names or None
    if selection.base is not None:
        from dynostack.fleet.selected import selected_stacks

        stacks = selected_stacks(selection, project, step, has_local=True)
    settings.read(project / settings.FILE)  # raises an error about the other settings of the file
    if is_fixing:
        from dynostack.check.fix import fix

        for file in fix(project, stacks, project_rules=project_rules):
            click.echo(file.difference, err=style != "text")
    sys.exit(
        command.run(project, stacks, style, project_rules=project_rules, key_of_salt=_key_of_salt())
    )


def _key_of_salt() -> KeyOfSalt:
    """Return a function that finds the key of a file which has this shell's passphrase."""
    if not os.environ.keys() & {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"}:
        return no_passphrase
    if not is_installed("pulumi"):
        return no_passphrase
    from dynostack.secrets.decryption import key_of_salt

    return key_of_salt(os.environ)
