"""The output of `pg_restore`, without the errors that only a newer `pg_restore` causes.

Only `pg_restore` 17 or newer reads an archive of PostgreSQL 17 or newer, but it first changes a
setting that older servers do not have. It sets the default value, so nothing is lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable

IGNORED_ERRORS = re.compile(r"(?:warning: )?errors ignored on restore: (\d+)")
UNKNOWN_SETTING = (
    "error: could not execute query: ERROR:  unrecognized configuration parameter"
    ' "transaction_timeout"'
)
STATEMENT = "Command was: SET transaction_timeout = 0;"
CONTEXT = "while INITIALIZING:"
"""The line before the first error, if it happens before any object is restored."""


class RestoreLog:
    """Passes lines on to `say`, except those about the unknown setting."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._context = ""
        self.unknown_settings = 0
        self.ignored = 0
        """The number of statements that failed, without those about the unknown setting."""

    def add(self, line: str) -> None:
        """Process the next line, without the program's name."""
        if line == CONTEXT:
            self._context = line
            return
        if line == UNKNOWN_SETTING:
            self._context = ""
            self.unknown_settings += 1
            return
        if line == STATEMENT:
            return
        if found := IGNORED_ERRORS.fullmatch(line):
            self.ignored = int(found[1]) - self.unknown_settings
            if self.ignored:
                self._say(f"warning: errors ignored on restore: {self.ignored}")
            return
        if self._context:
            self._say(self._context)
            self._context = ""
        self._say(line)
