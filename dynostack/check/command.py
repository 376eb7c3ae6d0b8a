"""What `dynostack check` does, apart from reading its options."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from dynostack.check import as_json, github, sarif, text
from dynostack.check.report import Report
from dynostack.environment import examine_all
from dynostack.environment.source.project_folder import ProjectFolder

FORMATS = {
    "text": text.rendered,
    "json": as_json.rendered,
    "github": github.rendered,
    "sarif": sarif.rendered,
}
CLEAN, FINDINGS, COULD_NOT_RUN = 0, 1, 2


def run(project: Path, stacks: Sequence[str], style: str, *, project_rules: bool = True) -> int:
    """Print what is found in the files of some stacks, of all when none is named.

    Returns:
        The exit code: 0 without errors, whatever is warned of, 1 with errors, 2 when there is
        nothing to look at.
    """
    there = ProjectFolder(project).stacks
    if not there:
        return _refused(f"no Pulumi.<stack>.yaml in {project}: there is no stack to check")
    unknown = [stack for stack in stacks if stack not in there]
    if unknown:
        report = Report.of(project, examine_all(project, unknown, project_rules=project_rules))
        return _refused("\n".join(map(str, report.diagnostics)))
    report = Report.of(project, examine_all(project, stacks or there, project_rules=project_rules))
    click.echo(FORMATS[style](report))
    return FINDINGS if report.errors else CLEAN


def _refused(why: str) -> int:
    click.echo(why, err=True)
    return COULD_NOT_RUN
