"""The hidden first line by which a comment of ours is found again."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

_FORM = re.compile(r"<!-- dynostack:review (\S+) -->[\r\n]*")


@dataclass(frozen=True)
class Header:
    """What a comment is about."""

    project: str
    digests: tuple[tuple[str, str], ...]
    """Each stack with the digest of its reviewed plan."""
    together: bool = False
    """Whether it is the one comment for all stacks."""
    outdated: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """Equal for two comments of which one takes the other's place."""
        stacks = () if self.together else tuple(stack for stack, _ in self.digests)
        return (self.project, *stacks)

    @property
    def text(self) -> str:
        """The line; nothing in it can end the HTML comment."""
        pairs = [("project", self.project), *(("stack", "@".join(each)) for each in self.digests)]
        pairs += [(name, "yes") for name in ("together", "outdated") if getattr(self, name)]
        return f"<!-- dynostack:review {urlencode(pairs).replace('-', '%2D')} -->\n"

    def as_outdated(self) -> Header:
        """The same for a comment that is not to be applied from any more."""
        return replace(self, outdated=True)

    @classmethod
    def split(cls, body: str) -> tuple[Header | None, str]:
        """The header of a comment, if it has one, and the rest."""
        line = _FORM.match(body)
        if not line:
            return None, body
        pairs = parse_qsl(line[1])
        names = dict(pairs)
        header = cls(
            project=names.get("project", ""),
            digests=tuple(_digest(value) for name, value in pairs if name == "stack"),
            together="together" in names,
            outdated="outdated" in names,
        )
        return header, body[line.end() :]


def _digest(written: str) -> tuple[str, str]:
    stack, _, digest = written.partition("@")
    return stack, digest
