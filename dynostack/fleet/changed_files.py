"""The files that differ between a commit and the working tree."""

from __future__ import annotations

from pathlib import Path

from dynostack.environment.checkout.errors import IncompleteCheckout
from dynostack.environment.checkout.git_files import (
    NoRepository,
    git,
    printable,
    repository,
    split_names,
)
from dynostack.fleet.errors import SelectionRefused

_OR_NOT = (0, 1, 128)
"""Git's exit codes if there is such a commit, and if there is none."""


def changed_files(folder: Path, base: str) -> list[Path]:
    """Return the files that were changed, added or removed since a branch left its base.

    The comparison is with the newest commit that HEAD and `base` have in common, so that later
    commits of `base` do not count.  Changes that are not committed count, and so do files that Git
    does not track and does not ignore.

    Args:
        folder: a folder in the repository.
        base: a commit, such as origin/main or HEAD^.

    Returns:
        The absolute paths, in alphabetical order.

    Raises:
        SelectionRefused: Git does not know what changed.
    """
    top = repository(folder)
    if top is None:
        raise SelectionRefused(
            f"cannot find the changed stacks: {folder} is not in a Git repository; name the stacks"
        )
    try:
        commit = _common_commit(top, base)
        options = ("-z", "--name-only", "--no-renames", "--no-ext-diff")
        changed = git(top, "diff", *options, commit, "--")
        added = git(top, "ls-files", "-z", "--others", "--exclude-standard")
    except NoRepository:
        raise SelectionRefused(f"cannot find the changed stacks: Git cannot read {top}") from None
    except IncompleteCheckout as error:
        raise SelectionRefused(f"cannot find the changed stacks: {error.message}") from None
    return sorted(top / name for name in {*split_names(changed), *split_names(added)})


def _common_commit(top: Path, base: str) -> str:
    """Return the newest commit that HEAD and a base have in common."""
    shown = printable(base)
    wanted = f"{base}^{{commit}}"
    found = git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", wanted, ok=_OR_NOT)
    if not found:
        raise SelectionRefused(
            f"cannot find the changed stacks: Git has no commit {shown}; fetch it, or name another"
            " one: --changed BASE"
        )
    # rev-parse repeats --end-of-options before the commit.
    commit = found.decode().split()[-1]
    shared = git(top, "merge-base", "HEAD", commit, ok=_OR_NOT)
    if not shared:
        raise SelectionRefused(
            f"cannot find the changed stacks: HEAD and {shown} have no commit in common here, as in"
            " a shallow clone; run git fetch --unshallow, or set fetch-depth: 0"
        )
    return shared.decode().strip()
