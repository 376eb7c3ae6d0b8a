"""Errors of the tool itself.  A separate module, so that the command line imports little."""


class LocalError(Exception):
    """The local Heroku could not carry out a command; the message says what to do."""


INTERRUPTED = 130
"""The exit code after an interrupt, as in a shell: 128 plus the signal's number."""
