"""The tree of a pushed commit: checks that its entries can become the files of a source."""

from __future__ import annotations

from collections.abc import AsyncIterator

from localheroku.dynos import limits
from localheroku.dynos.paths import printable

SUBMODULE = b"160000"
"""The mode of an entry that is a commit of another repository."""
FORBIDDEN_NAMES = frozenset({b".", b"..", b".git"})
"""Names that Git itself never checks out, in lower case."""


class TreeRefused(Exception):
    """The tree cannot become a source; the text says why."""


async def check(entries: AsyncIterator[bytes]) -> list[str]:
    """Check the entries of a commit as they arrive.

    Git accepts any bytes as a tree, and a few kilobytes can name more files than the disk can hold,
    so the entries are counted before any of them is written.

    Args:
        entries: the output of `git ls-tree -r -t -l -z`, one entry each.

    Returns:
        The paths of submodules.

    Raises:
        TreeRefused: the tree cannot become a source.
    """
    submodules: list[str] = []
    seen: set[bytes] = set()
    size = 0
    async for entry in entries:
        head, _, path = entry.partition(b"\t")
        mode, _, _, bytes_ = head.split()
        _check_path(path)
        if path in seen:
            raise TreeRefused(f"the commit contains {printable(path)} twice")
        seen.add(path)
        if len(seen) > limits.MAX_FILES:
            raise TreeRefused(f"the commit has more than {limits.MAX_FILES} files and folders")
        size += int(bytes_) if bytes_.isdigit() else 0
        if size > limits.MAX_BYTES:
            raise TreeRefused(f"the commit's files have more than {limits.MAX_BYTES} bytes")
        if mode == SUBMODULE:
            submodules.append(printable(path))
    return submodules


def _check_path(path: bytes) -> None:
    names = path.split(b"/")
    if len(names) - 1 > limits.MAX_DEPTH:
        raise TreeRefused(f"{printable(path)} is inside more than {limits.MAX_DEPTH} folders")
    if len(path) > limits.MAX_PATH_BYTES:
        raise TreeRefused(f"{printable(path)} is longer than {limits.MAX_PATH_BYTES} bytes")
    for name in names:
        if name.lower() in FORBIDDEN_NAMES:
            raise TreeRefused(f"{printable(path)}: {printable(name)} is not a valid file name")
