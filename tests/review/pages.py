"""Parses renderings with third-party parsers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import html5lib
from markdown_it import MarkdownIt
from markdown_it.token import Token

FOLDS = re.compile(r"<details>\n<summary>[\w :(),]+</summary>\n|</details>\n?")
PROSE = re.compile(r"[\w\s.,;:!?'\"()$%+\-/\u2013\u2014\u2192±↻…🔴🟢⚪⛔🛑⚠️💡·]*")
"""Text that may be outside code: no character that starts a mention, a reference or markup."""
REFERENCE = re.compile(
    r"\bGH-\d|\b(?=[a-f]*\d)[0-9a-f]{7,40}\b|\bwww\.|https?:|(?<!\w):\w+:|\w/\w", re.IGNORECASE
)
"""Text of plain characters that GitHub or GitLab links or replaces."""
LOADING = ("src", "srcset", "action", "formaction", "data", "poster", "background", "ping")
_NAMESPACE = re.compile(r"\{.*?\}")


@dataclass(frozen=True)
class Comment:
    """A comment's Markdown, as a CommonMark parser with tables reads it."""

    tokens: tuple[Token, ...]

    @property
    def inline(self) -> tuple[Token, ...]:
        return tuple(part for token in self.tokens for part in token.children or ())

    @property
    def blocks(self) -> list[str]:
        """Return the types of the blocks, in order."""
        return [token.type for token in self.tokens]

    @property
    def prose(self) -> str:
        """Return all text outside code."""
        return "\n".join(part.content for part in self.inline if part.type == "text")

    @property
    def text(self) -> str:
        """Return all readable text, except for code blocks."""
        return "".join(part.content or "\n" for part in self.inline)

    @property
    def code(self) -> list[str]:
        """Return the content of code spans and code blocks."""
        spans = [part.content for part in self.inline if part.type == "code_inline"]
        return spans + [token.content for token in self.tokens if token.type == "fence"]

    @property
    def foreign(self) -> list[str]:
        """Return everything that a review must not have: links, images, HTML, mentions ..."""
        plain = {"text", "code_inline", "strong_open", "strong_close", "softbreak"}
        found = [part.markup or part.type for part in self.inline if part.type not in plain]
        blocks = [token.content for token in self.tokens if token.type == "html_block"]
        found += [block for block in blocks if not FOLDS.fullmatch(block)]
        found += REFERENCE.findall(self.prose)
        return found if PROSE.fullmatch(self.prose) else [*found, self.prose]


def comment(text: str) -> Comment:
    """Parse a comment."""
    return Comment(tuple(MarkdownIt("commonmark").enable("table").parse(text)))


@dataclass(frozen=True)
class Page:
    """A page, as an HTML parser reads it."""

    elements: tuple[Element, ...]

    @classmethod
    def of(cls, text: str) -> Page:
        """Parse a page, and fail on every parse error of the HTML standard."""
        parser = html5lib.HTMLParser(strict=True)
        tree = parser.parse(text)
        return cls(tuple(each for each in tree.iter() if isinstance(each.tag, str)))

    @property
    def shape(self) -> list[tuple[str, tuple[str, ...]]]:
        """Return each element's name and attributes, without any text."""
        return [(_name(each.tag), tuple(sorted(each.attrib))) for each in self.elements]

    @property
    def text(self) -> str:
        """Return all readable text."""
        return "".join(self.elements[0].itertext())

    @property
    def ids(self) -> list[str]:
        return [each.attrib["id"] for each in self.elements if "id" in each.attrib]

    @property
    def links(self) -> list[str]:
        return [each.attrib["href"] for each in self.elements if "href" in each.attrib]

    @property
    def loads(self) -> list[str]:
        """Return what a browser would fetch or run that is not on the page itself."""
        addresses = [link for link in self.links if not link.startswith("#")]
        for each in self.elements:
            addresses += [value for name, value in each.attrib.items() if name in LOADING]
            addresses += [name for name in each.attrib if name.startswith("on")]
        return addresses + [
            rule
            for each in self.elements
            if _name(each.tag) == "style"
            for rule in re.findall(r"url\(.*?\)|@import", each.text or "")
        ]


def _name(tag: str) -> str:
    return _NAMESPACE.sub("", tag)
