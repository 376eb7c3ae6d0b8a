"""The folder of a project: the one that has its Pulumi.yaml."""

from __future__ import annotations

import shlex
from pathlib import Path

PROJECT_FILE = "Pulumi.yaml"


class NoProject(Exception):
    """No folder from here up has a Pulumi.yaml."""


def project_folder(directory: Path) -> Path:
    """Return the folder of the project that a directory belongs to.

    Raises:
        NoProject: neither the directory nor one above it has a Pulumi.yaml.
    """
    for folder in (directory, *directory.parents):
        if (folder / PROJECT_FILE).is_file():
            return folder
    below = [file.parent.name for file in directory.glob(f"*/{PROJECT_FILE}")]
    remedy = (
        "run dynostack in a project's folder, or make this folder a project with: dynostack new"
    )
    if len(below) == 1:
        remedy = f"cd {shlex.quote(below[0])}"
    raise NoProject(f"no {PROJECT_FILE} in {directory} or above it; {remedy}")
