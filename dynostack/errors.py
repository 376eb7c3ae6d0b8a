"""Errors of the tool itself.  A separate module, so that the command line imports little."""


class LocalError(Exception):
    """The local Heroku could not carry out a command; the message says what to do."""


NOT_STARTED = 64
"""The exit code if a command cannot start, such as without a project or a valid command line.

It is EX_USAGE of sysexits.h.  Click's own code for this is 2, which here means `changes`.
"""
INTERRUPTED = 130
"""The exit code after an interrupt, as in a shell: 128 plus the signal's number."""
