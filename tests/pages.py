"""The commands in the README and in the pages of docs/, as a reader would copy them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[1]
_ATTRIBUTES = (PROJECT / ".gitattributes").read_text()
GENERATED = frozenset(re.findall(r"(docs/\S+\.md) linguist-generated\n", _ATTRIBUTES))
"""The pages that commands write."""
ALL = ("README.md", *sorted(f"docs/{file.name}" for file in (PROJECT / "docs").glob("*.md")))
WRITTEN = tuple(page for page in ALL if page not in GENERATED)
"""The pages that people write."""
NEEDS = "# needs "
"""The start of the first line of a console block that no test runs; the rest says what it needs."""

TEXT = "\n".join((PROJECT / page).read_text() for page in WRITTEN)
PROGRAMS = ("make", "dynostack", "pulumi", "heroku", "git")
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$|\*\*([^*]+?)\.?\*\*", re.MULTILINE)
_ACROSS = re.DOTALL | re.MULTILINE
_FENCED = re.compile(r"```.*?```|<!-- a recorded review -->.*?<!-- the end of it -->", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A console block: the commands and their output."""

    title: str
    """The heading or the bold words above it; numbered from the second block on."""
    commands: tuple[str, ...]
    shown: str
    """The lines that are not commands."""

    @property
    def needs(self) -> str:
        """What the commands need that no test has, such as the real Heroku; empty if nothing."""
        first = self.shown.partition("\n")[0]
        return first.removeprefix(NEEDS) if first.startswith(NEEDS) else ""


def blocks() -> dict[str, Block]:
    """Return every console block of the pages by its title."""
    found: dict[str, Block] = {}
    for match in _BLOCK.finditer(TEXT):
        above = _FENCED.sub("", TEXT[: match.start()])
        title = next(filter(None, _HEADING.findall(above)[-1]))
        same = sum(each.title.partition(" (")[0] == title for each in found.values())
        title = f"{title} ({same + 1})" if same else title
        lines = match[1].splitlines()
        commands = tuple(_command(line) for line in lines if line.startswith("$ "))
        shown = "\n".join(line for line in lines if not line.startswith("$ "))
        found[title] = Block(title, commands, shown)
    return found


def files(page: str) -> dict[str, str]:
    """Return the text of each block of a page that is a file or a part of one, by its name."""
    found = re.findall(r'^```\w+ title="([^"]+)"\n(.*?)^```', (PROJECT / page).read_text(), _ACROSS)
    return dict(found)


def inline() -> set[str]:
    """Return every command in the prose of the pages."""
    spans = re.findall(r"`([^`\n]+)`", _FENCED.sub("", TEXT.replace("\n", " ")))
    return {span for span in spans if span.split()[0] in PROGRAMS and len(span.split()) > 1}


def asides() -> set[str]:
    """Return every command that follows another one in a comment, after `or:`."""
    found = re.findall(r"# or: ([^\n]+)", "\n".join(_BLOCK.findall(TEXT)))
    return {each.strip() for each in found}


def _command(line: str) -> str:
    """Return a command without the comment after it."""
    return re.sub(r"\s+#.*", "", line.removeprefix("$ "))
