"""The programs that a command of the Procfile runs, with their words and where they are."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from posixpath import normpath
from typing import NamedTuple

HOME = "/app"
"""The folder of the source on a dyno.  https://devcenter.heroku.com/articles/slug-compiler"""

_TOKEN = re.compile(
    r"(?P<operator>&&|\|\||[;|&()<>])"
    r"|(?P<word>(?:\"(?:\\.|[^\"\\])*\"|'[^']*'|\\.|[^\s;|&()<>\"'\\])+)"
)
_OPAQUE = re.compile(r"\$\(|`|<<|\b(?:if|for|while|case|function)\b")
"""Matches what only a shell can tell."""
_REDIRECTED = re.compile(r"\d?>&\d|&>")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_PYTHON = re.compile(r"python(?:3(?:\.\d+)?)?")

WRAPPERS: Mapping[str, tuple[str, ...]] = {
    "ddtrace-run": (),
    "dotenv": ("run",),
    "doppler": ("run",),
    "dumb-init": (),
    "env": (),
    "exec": (),
    "newrelic-admin": ("run-program", "run-python"),
    "nohup": (),
    "opentelemetry-instrument": (),
    "pipenv": ("run",),
    "poetry": ("run",),
    "time": (),
    "tini": (),
    "uv": ("run",),
}
"""A program that runs the program in its arguments -> the words between them."""

SHELLS = frozenset({"bash", "sh", "/bin/bash", "/bin/sh", "source", "."})
SERVERS = frozenset(
    {"celery", "daphne", "granian", "gunicorn", "hypercorn", "uvicorn", "waitress-serve"}
)


class Word(NamedTuple):
    """One word of a command without its quotes."""

    text: str
    column: int
    """Where it begins in the command, from 0."""
    width: int

    @property
    def is_plain(self) -> bool:
        """Whether the word is the same for every dyno: without variables and patterns."""
        return not any(each in self.text for each in "$*?~{}")


@dataclass
class Call:
    """One program that a command runs."""

    program: Word
    arguments: list[Word]
    wrappers: list[Word] = field(default_factory=list)
    """The programs that run this one, such as newrelic-admin."""
    variables: dict[str, Word] = field(default_factory=dict)
    """The environment variables that are set for this program alone."""
    folder: str = "."
    """The folder in which it runs, relative to the source; "" if it is unknown."""

    @property
    def name(self) -> str:
        """The program's name without its folder."""
        return self.program.text.rpartition("/")[2]

    def options(self, *names: str) -> list[Word]:
        """Return the values of an option: --bind X, --bind=X, -b X or -bX."""
        found = []
        for index, word in enumerate(self.arguments):
            for name in names if word.text.startswith("-") else ():
                if word.text == name and index + 1 < len(self.arguments):
                    found.append(self.arguments[index + 1])
                elif word.text.startswith(f"{name}=") or (
                    len(name) == 2 and word.text.startswith(name) and word.text != name
                ):
                    value = word.text[len(name) :].removeprefix("=")
                    before = len(word.text) - len(value)
                    found.append(Word(value, word.column + before, max(word.width - before, 1)))
        return found

    def first_argument(self, flags: frozenset[str]) -> Word | None:
        """Return the first argument that is no option and no value of one.

        Args:
            flags: the options without a value; every other option has one.
        """
        words = iter(self.arguments)
        for word in words:
            if not word.text.startswith("-"):
                return word
            is_long = word.text.startswith("--")
            has_value = "=" in word.text or word.text in flags or word.text.startswith("--no-")
            if not has_value and (is_long or len(word.text) == 2):
                next(words, None)
        return None


@lru_cache(maxsize=1000)
def calls(command: str) -> tuple[Call, ...]:
    """Return the programs that a command runs; none if only a shell can tell."""
    if _OPAQUE.search(command):
        return ()
    plain = _REDIRECTED.sub(lambda found: " " * len(found[0]), command)
    found: list[Call] = []
    folder = "."
    for words in _parts(plain):
        if len(words) == 2 and words[0].text == "cd":
            found.append(Call(words[0], words[1:], folder=folder))
            folder = joined(folder, words[1])
        elif call := _call(words, folder):
            found.append(call)
    return tuple(found)


def _parts(command: str) -> Iterator[list[Word]]:
    """Yield the words between the operators of a command."""
    words: list[Word] = []
    skips = False
    for token in _TOKEN.finditer(command):
        if token["operator"] in {"<", ">"}:
            skips = True
        elif token["operator"]:
            yield words
            words = []
        elif skips:
            skips = False
        else:
            text = re.sub(r"\\(.)|[\"']", lambda found: found[1] or "", token["word"])
            words.append(Word(text, token.start(), token.end() - token.start()))
    yield words


def _call(words: Sequence[Word], folder: str) -> Call | None:
    rest = list(words)
    variables: dict[str, Word] = {}
    wrappers: list[Word] = []
    while rest:
        text = rest[0].text
        if _ASSIGNMENT.match(text):
            name, _, value = text.partition("=")
            variables[name] = Word(value, rest[0].column, rest[0].width)
            rest = rest[1:]
        elif text in WRAPPERS:
            wrappers.append(rest[0])
            rest = _wrapped(rest[1:], WRAPPERS[text])
        elif "/" in text and len(rest) > 1 and _runs_another(rest[1:]):
            wrappers.append(rest[0])
            rest = rest[1:]
        elif _PYTHON.fullmatch(text) and len(rest) > 2 and rest[1].text == "-m":
            if rest[2].text not in SERVERS and rest[2].text != "waitress":
                break
            rest = rest[2:]
        else:
            break
    return Call(rest[0], rest[1:], wrappers, variables, folder) if rest else None


def _wrapped(words: list[Word], between: tuple[str, ...]) -> list[Word]:
    """Return the words of the program that a wrapper runs."""
    texts = [each.text for each in words]
    if "--" in texts:
        return words[texts.index("--") + 1 :]
    while words and (words[0].text in between or words[0].text.startswith("-")):
        words = words[1:]
    return words


def _runs_another(words: Sequence[Word]) -> bool:
    text = words[0].text
    return text in SERVERS or text in WRAPPERS or bool(_PYTHON.fullmatch(text))


def joined(folder: str, word: Word) -> str:
    """Return a folder or file below a folder of the source, or "" if it is elsewhere."""
    if not folder or not word.is_plain:
        return ""
    text = word.text
    if text == HOME or text.startswith(f"{HOME}/"):
        folder, text = ".", text.removeprefix(HOME).lstrip("/") or "."
    path = normpath(f"{folder}/{text}")
    return "" if text.startswith("/") or path.startswith("..") else path
