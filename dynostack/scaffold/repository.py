"""The repository that a new Pulumi project is for, and the Django projects in it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from dynostack.environment.checkout import git_files
from dynostack.environment.checkout.errors import IncompleteCheckout
from dynostack.environment.checkout.folder_files import folder_files
from dynostack.environment.django.locations import MANAGE
from dynostack.environment.django.procfile import PROCFILE
from dynostack.environment.django.requirements import MANAGERS
from dynostack.errors import LocalError

PACKAGES = "site-packages"
"""A folder of installed packages, which are not the project's own."""
DJANGO = "execute_from_command_line"
"""What tells Django's manage.py from another file of that name."""


@dataclass(frozen=True)
class Repository:
    """One folder with the files that Git would commit."""

    root: Path

    @cached_property
    def files(self) -> tuple[PurePosixPath, ...]:
        """Return the files relative to the root, those in higher folders first."""
        listed = self._of_git()
        found = map(PurePosixPath, self._walked() if listed is None else listed)
        return tuple(sorted(found, key=lambda path: (len(path.parts), path)))

    def _of_git(self) -> list[str] | None:
        try:
            return git_files.listed(self.root)
        except IncompleteCheckout:
            return None  # `dynostack check` repeats what Git says

    def _walked(self) -> Iterator[str]:
        return (each for each in folder_files(self.root) if PACKAGES not in each.split("/"))

    def ignores(self, names: Sequence[str]) -> list[str]:
        """Return those of some new files that Git would ignore."""
        return git_files.ignored(self.root, list(names))

    @cached_property
    def django_projects(self) -> tuple[PurePosixPath, ...]:
        """Return the folders with Django's manage.py, the highest first."""
        found = (path for path in self.files if path.name == MANAGE and self._is_django(path))
        return tuple(path.parent for path in found)

    def _is_django(self, manage: PurePosixPath) -> bool:
        try:
            return DJANGO in (self.root / manage).read_text("utf-8", errors="replace")
        except OSError:
            return False

    def chosen(
        self, asked: str | None, choose: Callable[[Sequence[str]], str | None]
    ) -> PurePosixPath:
        """Return the folder of the Django project to use.

        Args:
            asked: the folder that the user names; None if there is none.
            choose: asks the user for one of several folders; returns None if nobody answers.

        Raises:
            LocalError: there is no such folder, or nobody chooses one of several.
        """
        there = [str(each) for each in self.django_projects]
        listed = ", ".join(there)
        if asked is not None:
            folder = os.path.normpath(asked)
            if folder not in there:
                seen = f"; folders with one: {listed}" if there else ""
                raise LocalError(f"{asked} has no {MANAGE} of Django{seen}")
            return PurePosixPath(folder)
        if not there:
            raise LocalError(
                f"{self.root} has no {MANAGE} of Django among its {_files(len(self.files))};"
                " run this in the repository of a Django project"
            )
        highest = [each for each in self.django_projects if _depth(each) == _depth(there[0])]
        if len(highest) == 1:
            return highest[0]
        if (answer := choose([str(each) for each in highest])) is None:
            raise LocalError(
                f"several folders have a Django project: {listed}; add --source FOLDER"
            )
        return PurePosixPath(answer)

    def source_of(self, django: PurePosixPath) -> PurePosixPath:
        """Return the folder that Heroku builds: that of the Procfile, else of the dependencies."""
        folders = (django, *django.parents)
        for names in ((PROCFILE,), MANAGERS):
            for folder in folders:
                if any((self.root / folder / name).is_file() for name in names):
                    return folder
        return django


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"


def _depth(folder: PurePosixPath | str) -> int:
    return len(PurePosixPath(folder).parts)
