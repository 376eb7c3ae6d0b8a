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
    changed: tuple[tuple[str, str], ...]
    """Each stack that changes, with the digest of its reviewed plan; "" if there is no plan."""
    unchanged: tuple[tuple[str, str], ...] = ()
    """Each stack that stays as it is, with the digest of its reviewed plan."""
    outdated: bool = False

    @property
    def text(self) -> str:
        """Return the line; nothing in it can end the HTML comment."""
        pairs = [("project", self.project)]
        pairs += [("stack", "@".join(each)) for each in self.changed]
        pairs += [("unchanged", "@".join(each)) for each in self.unchanged]
        pairs += [("outdated", "yes")] if self.outdated else []
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
            changed=tuple(_digest(value) for name, value in pairs if name == "stack"),
            unchanged=tuple(_digest(value) for name, value in pairs if name == "unchanged"),
            outdated="outdated" in names,
        )
        return header, body[line.end() :]


def _digest(written: str) -> tuple[str, str]:
    stack, _, digest = written.partition("@")
    return stack, digest
