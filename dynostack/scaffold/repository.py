"""The repository that a new Pulumi project is for, and the Django projects in it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from dynostack.environment.django.modules import MANAGE
from dynostack.environment.django.procfile import PROCFILE
from dynostack.environment.django.requirements import MANAGERS
from dynostack.errors import LocalError

NOT_SOURCE = frozenset({".git", "node_modules", "site-packages", "__pycache__", ".dynostack"})
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

    def _of_git(self) -> Sequence[str] | None:
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        try:
            done = subprocess.run(command, cwd=self.root, capture_output=True, check=False)
        except OSError:
            return None  # there is no git
        if done.returncode != 0:
            return None  # this is no repository
        return [os.fsdecode(name) for name in done.stdout.split(b"\0") if name]

    def _walked(self) -> Iterator[str]:
        for folder, inner, files in os.walk(self.root):
            inner[:] = [name for name in inner if not _is_left_out(Path(folder, name))]
            yield from (Path(folder, name).relative_to(self.root).as_posix() for name in files)

    def ignores(self, names: Sequence[str]) -> list[str]:
        """Return those of some new files that Git would ignore."""
        command = ["git", "check-ignore", "-z", "--stdin"]
        text = "\0".join(names).encode()
        try:
            done = subprocess.run(
                command, cwd=self.root, input=text, capture_output=True, check=False
            )
        except OSError:
            return []  # there is no git
        return [os.fsdecode(name) for name in done.stdout.split(b"\0") if name]

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
                f"none of the {len(self.files)} files in {self.root} is Django's {MANAGE}; run this"
                " in the repository of a Django project"
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


def _depth(folder: PurePosixPath | str) -> int:
    return len(PurePosixPath(folder).parts)


def _is_left_out(folder: Path) -> bool:
    return folder.name in NOT_SOURCE or (folder / "pyvenv.cfg").is_file()
