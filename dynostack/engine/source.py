"""The archive of what a stack builds, written before the engine reads the state."""

from __future__ import annotations

from pathlib import Path

from dynostack.engine.process import EngineFailed
from dynostack.environment.source.project_folder import ProjectFolder
from dynostack.source_archive import ArchiveNotWritten, archive


def write_archive(project: Path, stack: str) -> str:
    """Write the archive that a stack's state names, and return a note about its files, or "".

    The program writes it too, but a refresh comes before the program, and the published provider
    stops a refresh when the file is missing, as it is in a fresh clone.

    Raises:
        EngineFailed: if the archive cannot be written.
    """
    source = ProjectFolder(project, project_rules=False).source(stack)
    if source is None or not (project / source).is_dir():
        return ""  # the program reports what is wrong
    try:
        return archive(project, source, stack).note
    except ArchiveNotWritten as error:
        raise EngineFailed(str(error)) from None
