"""Errors of `dynostack recover`."""


class RecoverRefused(Exception):
    """The command cannot continue; the message says what it found and what to do."""
