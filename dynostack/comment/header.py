"""The hidden first line that identifies a comment of ours."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

_FORM = re.compile(r"<!-- dynostack:review (\S+) -->[\r\n]*")


@dataclass(frozen=True)
class Header:
    """The project and stacks that a comment is about."""

    project: str
    digests: tuple[tuple[str, str], ...]
    """Each stack with the digest of its reviewed plan."""
    together: bool = False
    """Whether one comment is for all stacks."""
    outdated: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """Return a key that is equal for two comments if one replaces the other."""
        stacks = () if self.together else tuple(stack for stack, _ in self.digests)
        return (self.project, *stacks)

    @property
    def text(self) -> str:
        """Return the line; nothing in it can end the HTML comment."""
        pairs = [("project", self.project), *(("stack", "@".join(each)) for each in self.digests)]
        pairs += [(name, "yes") for name in ("together", "outdated") if getattr(self, name)]
        return f"<!-- dynostack:review {urlencode(pairs).replace('-', '%2D')} -->\n"

    def as_outdated(self) -> Header:
        """Return the header for an outdated comment, which must no longer be applied."""
        return replace(self, outdated=True)

    @classmethod
    def split(cls, body: str) -> tuple[Header | None, str]:
        """Split a comment into its header, None if it has none, and the rest."""
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
