"""An exception of the project's own code, and the line that raised it."""

import linecache
import re
import traceback
from pathlib import Path

from dynostack.environment.diagnostics.diagnostic import Position
from dynostack.environment.diagnostics.finding import Elsewhere, Finding

FAILED = "DS603"


def failure(folder: Path, error: Exception, message: str) -> Finding | None:
    """Return what to report of an exception, or None where no code of the project is part of it.

    Args:
        folder: the folder of the project's own packages, without links.
        error: what was raised.
        message: what did not work.
    """
    if isinstance(error, SyntaxError) and error.filename:
        file, reason = error.filename, error.msg
        position = Position(error.lineno or 1, max(error.offset or 1, 1))
    else:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if _is_own(folder, frame.filename)]
        if not own:
            return None
        file, reason, position = own[-1].filename, _reason(error), _position(own[-1])
    if not _is_own(folder, file):
        return None
    source = linecache.getline(file, position.line).rstrip("\n")
    return Finding(
        path=(),
        code=FAILED,
        message=f"{message}: {type(error).__name__}: {reason}".removesuffix(": "),
        suggestion="code that does not fail here; a broken rule raises RuleViolation",
        elsewhere=Elsewhere(Path(file).relative_to(folder).as_posix(), position, source),
    )


def _reason(error: Exception) -> str:
    """Return the message, of an ImportError without the file on this machine."""
    return re.sub(r" \([^()]*\)$", "", str(error)) if isinstance(error, ImportError) else str(error)


def _position(frame: traceback.FrameSummary) -> Position:
    line, column = frame.lineno or 1, frame.colno or 0
    is_one_line = frame.end_lineno == line and frame.end_colno is not None
    width = (frame.end_colno or 0) - column if is_one_line else 1
    return Position(line, column + 1, max(width, 1))


def _is_own(folder: Path, file: str) -> bool:
    return Path(file).is_absolute() and Path(file).is_relative_to(folder)
