"""Paths of a project's files within the repository that it is part of."""

from __future__ import annotations

from pathlib import Path


def path_in_repository(project: Path, file: str) -> str:
    """Return the path of a project's file relative to the repository's root, with slashes."""
    return (project.resolve() / file).relative_to(_top(project.resolve())).as_posix()


def _top(project: Path) -> Path:
    """Return the nearest folder with a .git, or the project itself outside any repository."""
    above = (folder for folder in (project, *project.parents) if (folder / ".git").exists())
    return next(above, project)
