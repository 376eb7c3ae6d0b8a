"""What a program trusts inside the local world: what the user has it trust, and the local Heroku.

A variable names one file and no folder of them, so that file has both.
"""

from __future__ import annotations

import os
from pathlib import Path

from localheroku.core.atomic_files import write_private

ORIGIN = "# The local Heroku's, beside what is in: "
"""The last line of our files, so that what the user changes in his is not missed where the variable
names ours already."""


def ensure(file: Path, variable: str, own: str) -> None:
    """Have the file hold the certificate beside those in the file that the variable names."""
    named = Path(os.environ.get(variable) or file).absolute()
    origin = _origin(named)
    theirs = _text(origin) if origin and origin != file.absolute() else ""
    text = f"{theirs}{own}{ORIGIN}{origin or ''}\n"
    if _text(file) != text:
        write_private(file, text)


def _origin(named: Path) -> Path | None:
    """The user's own file: this one, or the one that this one of ours was made of."""
    last = (_text(named).splitlines() or [""])[-1]
    if not last.startswith(ORIGIN):
        return named
    path = last.removeprefix(ORIGIN)
    return Path(path) if path else None


def _text(file: Path) -> str:
    """Ends with a line; what is no text can only be in remarks between certificates."""
    if not (file.is_file() and os.access(file, os.R_OK)):
        return ""
    text = file.read_text(encoding="utf-8", errors="replace")
    return text if text.endswith("\n") else f"{text}\n"
