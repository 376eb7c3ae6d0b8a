"""The command `dynostack check`, without the parsing of its options."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from dynostack.check import as_json, github, sarif, text
from dynostack.check.report import Report
from dynostack.environment import examine_all
from dynostack.environment.source.encrypted_values import KeyOfSalt, no_passphrase
from dynostack.environment.source.project_folder import ProjectFolder
from dynostack.environment.source.shared_work import processes_for
from dynostack.errors import NOT_STARTED

FORMATS = {
    "text": text.rendered,
    "json": as_json.rendered,
    "github": github.rendered,
    "sarif": sarif.rendered,
}
CLEAN, FINDINGS = 0, 1


def run(
    project: Path,
    stacks: Sequence[str] | None,
    style: str,
    *,
    project_rules: bool = True,
    key_of_salt: KeyOfSalt = no_passphrase,
) -> int:
    """Check stacks' files and print the report.

    Args:
        project: the folder that contains Pulumi.yaml.
        stacks: the stacks to check; None for all that have a file.
        style: the format of the report, a key of `FORMATS`.
        project_rules: whether to run the rules of the project's own `config` package.
        key_of_salt: decrypts the values whose passphrase is known.

    Returns:
        The exit code: 0 without errors (even with warnings), 1 with errors, 64 when a stack is
        unknown or there is no stack to check.
    """
    there = ProjectFolder(project).stacks
    if not there:
        return _refused(
            f"there is no stack to check: {project} has no Pulumi.<stack>.yaml;"
            " run the command in the folder that contains Pulumi.yaml, or create a stack's file"
        )
    chosen = there if stacks is None else stacks
    unknown = [stack for stack in chosen if stack not in there]
    if unknown:
        report = Report.of(project, examine_all(project, unknown, project_rules=project_rules))
        return _refused("\n".join(map(str, report.diagnostics)))
    examined = examine_all(
        project,
        stacks,
        project_rules=project_rules,
        key_of_salt=key_of_salt,
        processes=processes_for(len(chosen)),
    )
    report = Report.of(project, examined)
    click.echo(FORMATS[style](report))
    return FINDINGS if report.errors else CLEAN


def _refused(why: str) -> int:
    click.echo(why, err=True)
    return NOT_STARTED
