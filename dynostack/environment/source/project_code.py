"""Findings for exceptions that the project's own code raises."""

import linecache
import re
import traceback
from pathlib import Path

from dynostack.environment.diagnostics.diagnostic import Position
from dynostack.environment.diagnostics.finding import Elsewhere, Finding

RULE_OF_THE_PROJECT = "DS601"
OUT_OF_BOUNDS = "DS602"
FAILED = "DS603"


MOST_OF_A_MESSAGE = 300
"""Maximum length of an exception's text in a message, in characters."""


def failure(folder: Path, error: BaseException, message: str) -> Finding | None:
    """Return the finding for an exception, or None if no code of the project is in its traceback.

    Args:
        folder: the folder of the project's own packages, with links resolved.
        error: the exception.
        message: what failed.
    """
    if isinstance(error, SyntaxError) and error.filename:
        file, reason = error.filename, error.msg
        position = Position(error.lineno or 1, max(error.offset or 1, 1))
    else:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if is_own(folder, frame.filename)]
        if not own:
            return None
        file, reason, position = own[-1].filename, reason_of(error), _position(own[-1])
    if not is_own(folder, file):
        return None
    source = linecache.getline(file, position.line).rstrip("\n").replace("\t", " ")
    return Finding(
        path=(),
        code=FAILED,
        message=f"{message}: {type(error).__name__}: {reason}".removesuffix(": "),
        suggestion=suggestion_for(error),
        elsewhere=Elsewhere(Path(file).relative_to(folder).as_posix(), position, source),
    )


def reason_of(error: BaseException) -> str:
    """Return the first paragraph of an exception's text; without the file for an ImportError."""
    text = text_of(error).partition("\n\n")[0]
    return re.sub(r" \([^()]*\)$", "", text) if isinstance(error, ImportError) else text


def text_of(error: BaseException) -> str:
    """Return an exception's text, or "" if the project's own exception class cannot return it."""
    try:
        return str(error)
    except Exception:
        return ""


def suggestion_for(error: BaseException) -> str:
    """Return a suggestion for the code that raised an exception."""
    if isinstance(error, ModuleNotFoundError):
        return "the name of a module that is installed in dynostack's Python environment"
    return "code that does not fail here; to report a broken rule, raise RuleViolation"


def on_one_line(text: str) -> str:
    """Return the text of an exception on one line, shortened if it is too long."""
    words = " ".join(text.split())
    return words if len(words) <= MOST_OF_A_MESSAGE else f"{words[: MOST_OF_A_MESSAGE - 3]}..."


def _position(frame: traceback.FrameSummary) -> Position:
    line, column = frame.lineno or 1, frame.colno or 0
    is_one_line = frame.end_lineno == line and frame.end_colno is not None
    width = (frame.end_colno or 0) - column if is_one_line else 1
    return Position(line, column + 1, max(width, 1))


def is_own(folder: Path, file: str) -> bool:
    """Return whether a file belongs to the project, not to a package installed inside it."""
    path = Path(file)
    if not (path.is_absolute() and path.is_relative_to(folder)):
        return False
    parts = path.relative_to(folder).parts
    return "site-packages" not in parts and not any(part.startswith(".") for part in parts)
