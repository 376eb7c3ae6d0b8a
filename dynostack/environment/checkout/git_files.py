"""The files of a folder as Git knows them: tracked files, and others that it does not ignore."""

import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dynostack.environment.checkout.errors import IncompleteCheckout

METADATA = ".git"
"""A folder, or in a worktree and in a submodule a file."""
_SUBMODULE = "160000"
_LINK = "120000"
_EXECUTABLE = "100755"
_NOT_CHECKED_OUT = "S"
"""The tag of a file that a sparse checkout, or `git update-index --skip-worktree`, leaves alone."""
_OF_ONE_REPOSITORY = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_DIR",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_WORK_TREE",
    }
)
"""Variables that Git sets for its hooks, which would make it read another index or folder."""
_NO_REPOSITORY = "not a git repository"

Wanted = Callable[[str], bool]
"""Returns whether a file is needed, by its name relative to the folder."""


@dataclass
class GitFiles:
    """The files of a folder, by their names relative to it."""

    tracked: dict[str, bool | None] = field(default_factory=dict)
    """Name -> whether it is executable; None if the file itself shows it."""
    untracked: list[str] = field(default_factory=list)
    """Files that Git neither tracks nor ignores."""


def repository(folder: Path) -> Path | None:
    """Return the top folder of the Git repository that a folder belongs to, or None."""
    folder = folder.resolve()
    return next((each for each in (folder, *folder.parents) if (each / METADATA).exists()), None)


def git_files(folder: Path, is_wanted: Wanted) -> GitFiles | None:
    """Return the files of a folder, or None if Git or a repository is missing.

    The files of its submodules belong to it, because Heroku fetches submodules before a build.
    https://devcenter.heroku.com/articles/git-submodules

    Raises:
        IncompleteCheckout: if Git cannot list them, or some that are wanted are not checked out.
    """
    if repository(folder) is None or shutil.which("git") is None:
        return None
    found = GitFiles()
    try:
        _add(found, folder, "", is_wanted)
    except NoRepository:
        return None
    # A folder that an outer repository ignores as a whole does not belong to it.
    return found if found.tracked or found.untracked else None


def listed(folder: Path) -> list[str] | None:
    """Return the names of all files that Git tracks or would track, even if some are missing.

    Returns:
        None if Git or a repository is missing.

    Raises:
        IncompleteCheckout: if Git cannot list them.
    """
    if repository(folder) is None or shutil.which("git") is None:
        return None
    options = ("-z", "--cached", "--others", "--exclude-standard")
    try:
        return split_names(git(folder, "ls-files", *options))
    except NoRepository:
        return None


def ignored(folder: Path, names: list[str]) -> list[str]:
    """Return those of some names in a folder that Git would ignore; none without Git."""
    if repository(folder) is None or shutil.which("git") is None:
        return []
    text = b"\0".join(map(os.fsencode, names))
    return split_names(git(folder, "check-ignore", "-z", "--stdin", ok=(0, 1, 128), text=text))


class NoRepository(Exception):
    """Git does not take the folder for a part of a repository."""


def _add(found: GitFiles, folder: Path, prefix: str, is_wanted: Wanted) -> None:
    modes_are_kept = git(folder, "config", "--bool", "core.fileMode", ok=(0, 1)) != b"false\n"
    missing = []
    for tag, mode, name in _index(folder):
        named = f"{prefix}{name}"
        if not is_wanted(named):
            continue
        kind = _kind(folder / name)
        if mode == _SUBMODULE:
            if kind == stat.S_IFDIR:
                _add_submodule(found, folder / name, named, is_wanted)
        elif kind in (stat.S_IFREG, stat.S_IFLNK):
            known = None if modes_are_kept or mode == _LINK else mode == _EXECUTABLE
            found.tracked[named] = known
        elif tag == _NOT_CHECKED_OUT:
            missing.append(named)
    if missing:
        raise IncompleteCheckout(
            f"a sparse checkout leaves out {some(missing)}",
            "their names into .slugignore, or check them out with: git sparse-checkout disable",
        )
    others = git(folder, "ls-files", "-z", "--others", "--exclude-standard")
    found.untracked += (
        f"{prefix}{name}"
        for name in split_names(others)
        if not name.endswith("/")  # a repository of its own, which Git would not deploy
    )


def _add_submodule(found: GitFiles, folder: Path, name: str, is_wanted: Wanted) -> None:
    try:
        if (folder / METADATA).exists():
            _add(found, folder, f"{name}/", is_wanted)
            return
    except NoRepository:
        pass  # its metadata is damaged
    raise IncompleteCheckout(
        f"the submodule {printable(name)} is not checked out",
        "its name into .slugignore, or check it out with: git submodule update --init --recursive",
    )


def _index(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yield tag, mode and name of each tracked file; a conflict has a file several times."""
    for entry in split_names(git(folder, "ls-files", "-z", "--stage", "-t")):
        facts, _, name = entry.partition("\t")
        tag, mode, _, _ = facts.split(" ")
        yield tag, mode, name


def split_names(output: bytes) -> list[str]:
    """Return the names in an output of Git with -z."""
    return [os.fsdecode(each) for each in output.split(b"\0") if each]


def _kind(path: Path) -> int:
    """Return the type of a file, or 0 if it does not exist."""
    try:
        return stat.S_IFMT(os.lstat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return 0


def git(folder: Path, *arguments: str, ok: tuple[int, ...] = (0,), text: bytes = b"") -> bytes:
    """Run Git, without programs that a repository's configuration names, and return its output.

    Args:
        folder: where to run it.
        arguments: its arguments.
        ok: the exit codes of a success.
        text: its standard input.

    Raises:
        IncompleteCheckout: if Git ends with another exit code.
    """
    done = subprocess.run(
        ["git", "-c", "core.fsmonitor=false", *arguments],
        cwd=folder,
        env={
            **{name: each for name, each in os.environ.items() if name not in _OF_ONE_REPOSITORY},
            "GIT_OPTIONAL_LOCKS": "0",
            "LC_ALL": "C",
        },
        input=text,
        capture_output=True,
        check=False,
    )
    if done.returncode in ok:
        return done.stdout
    reason = " ".join(done.stderr.decode(errors="replace").split())
    if _NO_REPOSITORY in reason:
        raise NoRepository
    raise IncompleteCheckout(
        f"git cannot list the files of {folder}: {reason}", "the configuration that git asks for"
    )


def some(names: list[str]) -> str:
    """Return the first few names and the number of the others."""
    shown = ", ".join(map(printable, names[:3]))
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown


def printable(name: str) -> str:
    """Return a file's name on one line; it may have line breaks, and bytes that are no text."""
    return "".join(each if each.isprintable() else "?" for each in name)
