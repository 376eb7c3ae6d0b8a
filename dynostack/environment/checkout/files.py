"""The files of a source: the same in each clone of the same commit.

https://devcenter.heroku.com/articles/git
"""

import shutil
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from dynostack.environment.checkout.errors import IncompleteCheckout
from dynostack.environment.checkout.folder_files import (
    folder_files,
    is_built,
    without_environments,
)
from dynostack.environment.checkout.git_files import git_files, repository, some
from dynostack.environment.checkout.pulumi_files import pulumi_files
from dynostack.environment.checkout.slugignore import slug_ignored


class SourceFiles(NamedTuple):
    """The files that Heroku builds."""

    folder: Path
    shown: str
    """The folder relative to Pulumi.yaml, as the environment names it."""
    names: Mapping[str, bool | None]
    """Name relative to the folder -> whether it is executable; None if the file itself shows it."""
    untracked: tuple[str, ...] = ()
    """The files that Git neither tracks nor ignores, in alphabetical order."""
    without_git: bool = False
    """Whether there is a repository, but no program to read it."""

    def is_executable(self, name: str, mode: int) -> bool:
        """Return whether a file with this mode on this machine is executable on Heroku."""
        known = self.names[name]
        return bool(mode & stat.S_IXUSR) if known is None else known

    @property
    def note(self) -> str:
        """One line about files that are built although Git would not deploy them, or ""."""
        if self.without_git:
            return (
                f"building all files of {self.shown}, because the program git, which knows"
                " the tracked ones, is not installed"
            )
        count = len(self.untracked)
        if not count:
            return ""
        files = "a file" if count == 1 else f"{count} files"
        return (
            f"building {files} of {self.shown} that Git does not track: {some([*self.untracked])}"
        )


def source_files(project: Path, source: str) -> SourceFiles:
    """Return the files of a source.

    In a Git repository these are the tracked files, as they are in the working tree, and those that
    Git neither tracks nor ignores.  Without Git, all files.  In both cases without the project's
    own files, what .slugignore names, and, unless Git tracks it, what is never built.

    Args:
        project: the folder of Pulumi.yaml.
        source: the folder that is built, relative to it.

    Raises:
        IncompleteCheckout: if files that Git would deploy are not checked out.
        OSError: if the folder cannot be read.
    """
    folder = project / source
    is_own, is_ignored = pulumi_files(project, folder), slug_ignored(folder)

    def is_wanted(name: str) -> bool:
        return not is_own(name) and not is_ignored(name)

    found = git_files(folder, is_wanted)
    if found is None:
        names = dict.fromkeys(filter(is_wanted, folder_files(folder)))
        return SourceFiles(folder, source, names, without_git=_has_tracked_files(folder))
    untracked = without_environments(filter(is_built, found.untracked))
    more = tuple(sorted(filter(is_wanted, untracked)))
    return SourceFiles(folder, source, {**found.tracked, **dict.fromkeys(more)}, more)


def built_names(
    project: Path, source: str, known: dict[object, object] | None = None
) -> Mapping[str, bool | None]:
    """Return the names of the files of a source, see `SourceFiles.names`.

    Args:
        project: the folder of Pulumi.yaml.
        source: the folder that is built, relative to it.
        known: results that are kept for the next stack with the same source.
    """
    key = (__name__, project, source)
    found = known.get(key) if known is not None else None
    if found is None:
        try:
            found = source_files(project, source).names
        except IncompleteCheckout as error:
            found = error
        if known is not None:
            known[key] = found
    if isinstance(found, IncompleteCheckout):
        raise found
    assert isinstance(found, Mapping)  # noqa: S101 - nothing else has this key
    return found


def _has_tracked_files(folder: Path) -> bool:
    return shutil.which("git") is None and repository(folder) is not None
