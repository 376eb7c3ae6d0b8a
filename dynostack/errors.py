"""Errors of the tool itself, apart from what raises them: the command line imports no more."""


class LocalError(Exception):
    """The local Heroku could not do what was asked; the message says what to do."""
