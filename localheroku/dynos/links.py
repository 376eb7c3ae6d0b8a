"""Symbolic links of a folder that is being filled, followed as the system will follow them."""

from __future__ import annotations

from collections.abc import Iterator

MAX_HOPS = 40
"""Limit of links that the system follows for one path; see path_resolution(7)."""
MAX_STEPS = 50_000_000
"""Limit of compared names, reached in seconds; 100,000 links ten folders deep use a fifth of it."""


class LinkLeadsOutside(Exception):
    """A path leads out of the folder, or nowhere."""


class TooManyLinks(Exception):
    """Following the links of the folder takes too long."""


class LinkLeadsNowhere(LinkLeadsOutside):
    """A path leads in a circle, or through more links than the system follows."""


class SymbolicLinks:
    """The links by their own paths, none of which leads through another link."""

    def __init__(self) -> None:
        self._targets: dict[str, str] = {}
        self._steps = 0

    def add(self, path: str, target: str) -> None:
        self._targets[path] = target

    def remove(self, path: str) -> None:
        """Forget the link at that path, if any."""
        self._targets.pop(path, None)

    def is_link(self, path: str) -> bool:
        return path in self._targets

    def resolve(self, path: str) -> str:
        """Return where a path within the folder leads to, as a path without links.

        Raises:
            LinkLeadsOutside: it leads out of the folder, or nowhere.
            TooManyLinks: following the links takes too long.
        """
        return self._resolve(path, 0)

    def leading_outside(self, top: str) -> Iterator[str]:
        """Yield the paths of links that lead out of the folder.

        A link that leads nowhere is harmless.

        Args:
            top: a folder within it that its links must not leave either; empty for none.
        """
        for path in self._targets:
            try:
                self._resolve(path, 1 if top and path.startswith(f"{top}/") else 0)
            except LinkLeadsNowhere:
                continue
            except LinkLeadsOutside:
                yield path

    def _resolve(self, path: str, floor: int) -> str:
        """Resolve a path that must not go up again above its first `floor` names."""
        ahead = path.split("/")[::-1]
        reached: list[str] = []
        hops = 0
        while ahead:
            self._steps += 1 + len(reached)
            if self._steps > MAX_STEPS:
                raise TooManyLinks
            name = ahead.pop()
            if name in ("", "."):
                continue
            if name == "..":
                if len(reached) <= floor:
                    raise LinkLeadsOutside
                reached.pop()
                continue
            reached.append(name)
            target = self._targets.get("/".join(reached))
            if target is None:
                continue
            hops += 1
            if hops > MAX_HOPS:
                raise LinkLeadsNowhere
            if target.startswith("/"):
                raise LinkLeadsOutside
            reached.pop()
            ahead += target.split("/")[::-1]
        return "/".join(reached)
