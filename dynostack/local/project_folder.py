"""The folder of a project: the one that has its Pulumi.yaml."""

from __future__ import annotations

from pathlib import Path


class NoProject(Exception):
    """No folder from here up has a Pulumi.yaml."""


def project_folder(directory: Path) -> Path:
    """Return the folder of the project that a directory belongs to.

    Raises:
        NoProject: neither the directory nor one above it has a Pulumi.yaml.
    """
    for folder in (directory, *directory.parents):
        if (folder / "Pulumi.yaml").is_file():
            return folder
    raise NoProject(
        f"no Pulumi.yaml in {directory} or above it; run dynostack in a project's folder,"
        " or make this folder a project with: dynostack new"
    )
