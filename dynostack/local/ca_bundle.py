"""The certificates that programs trust in the local environment.

A variable such as NODE_EXTRA_CA_CERTS names a single file, so that file holds both the user's
certificates and the local Heroku's.
"""

from __future__ import annotations

import os
from pathlib import Path

from localheroku.core.atomic_files import write_private

ORIGIN = "# The local Heroku's, beside what is in: "
"""The start of the last line of our files, before the path of the user's own file.

If the variable already names our file, this path still leads to the user's file and its changes.
"""


def ensure(file: Path, variable: str, own: str) -> None:
    """Write the user's and the local Heroku's certificates to a file, unless they are in it.

    Args:
        file: the file to write.
        variable: the environment variable that names the user's own file.
        own: the local Heroku's certificate, in PEM.
    """
    named = Path(os.environ.get(variable) or file).absolute()
    origin = _origin(named)
    theirs = _text(origin) if origin and origin != file.absolute() else ""
    text = f"{theirs}{own}{ORIGIN}{origin or ''}\n"
    if _text(file) != text:
        write_private(file, text)


def _origin(named: Path) -> Path | None:
    """Return the user's own file: `named`, or if that is one of ours, the file it was made from."""
    last = (_text(named).splitlines() or [""])[-1]
    if not last.startswith(ORIGIN):
        return named
    path = last.removeprefix(ORIGIN)
    return Path(path) if path else None


def _text(file: Path) -> str:
    """Return the file's text, ending with a newline; empty if the file cannot be read.

    Bytes that are not UTF-8 are replaced: they can only be in comments between certificates.
    """
    if not (file.is_file() and os.access(file, os.R_OK)):
        return ""
    text = file.read_text(encoding="utf-8", errors="replace")
    return text if text.endswith("\n") else f"{text}\n"
