"""Where a project's files are in the repository that it is part of."""

from __future__ import annotations

from pathlib import Path


def path_in_repository(project: Path, file: str) -> str:
    """The path of a project's file as seen from the repository's top, with slashes."""
    return (project.resolve() / file).relative_to(_top(project.resolve())).as_posix()


def _top(project: Path) -> Path:
    """The nearest folder with a .git in it; the project itself outside of any repository."""
    above = (folder for folder in (project, *project.parents) if (folder / ".git").exists())
    return next(above, project)
