"""The account that a stack's file names."""

from __future__ import annotations

from pathlib import Path

from dynostack.environment import EnvironmentErrors
from dynostack.environment.source.project_folder import ProjectFolder


def account_of(project: Path, stack: str) -> str:
    """Return the email address of the account that a stack belongs to; empty if it is unknown.

    Args:
        project: the folder of Pulumi.yaml.
        stack: the stack's name, also with the organization and project before it.
    """
    name = stack.rpartition("/")[2]
    try:
        account = ProjectFolder(project, project_rules=False).page(name).sections.get("account")
    except EnvironmentErrors:
        return ""  # the command reports what is wrong with the file
    return account if isinstance(account, str) else ""
