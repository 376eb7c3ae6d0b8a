"""Characters that people do not see or do not mean: invisible ones and typographic quotes."""

import re
import unicodedata

_INVISIBLE = re.compile(
    "[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u206f\u3164\ufeff\uffa0]|[\u00a0\u2000-\u200a\u202f\u205f\u3000]"
)
_OPENING, _CLOSING = "\u201c\u201d\u201e\u00ab\u2018\u201a", "\u201c\u201d\u00bb\u2018\u2019"
_IN_QUOTES = re.compile(rf"[{_OPENING}](?P<text>.*)[{_CLOSING}]")


def first_invisible(text: str) -> int | None:
    """Return the index of the first invisible character, or None."""
    found = _INVISIBLE.search(text)
    return found.start() if found else None


def name_of(letter: str) -> str:
    """Return the name of a character, such as `no-break space (U+00A0)`."""
    default = "control character" if unicodedata.category(letter) == "Cc" else "character"
    return f"{unicodedata.name(letter, default).lower()} (U+{ord(letter):04X})"


def without_invisible(text: str) -> str:
    """Return a text without its invisible characters; those that are spaces become spaces."""
    return _INVISIBLE.sub(lambda each: " " if each[0].isspace() else "", text).strip()


def without_typographic_quotes(text: str) -> str | None:
    """Return the text within typographic quotes; None if it is not within them."""
    found = _IN_QUOTES.fullmatch(text)
    return found["text"] if found else None


def visible(line: str) -> str:
    """Return a line as it can be shown, with the same columns."""
    shown = line.rstrip().replace("\t", " ")
    if shown.isprintable():
        return shown
    return "".join(each if each.isprintable() else "\ufffd" for each in shown)
