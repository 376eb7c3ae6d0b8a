"""How the tool itself fails, apart from what raises it: the command line imports no more."""


class LocalError(Exception):
    """The local Heroku could not do what was asked; the message says what to do."""


INTERRUPTED = 130
"""The exit code after an interrupt, as a shell tells it: 128 and the number of the signal."""
