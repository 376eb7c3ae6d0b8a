"""Errors of `dynostack recover`."""


class RecoverRefused(Exception):
    """Somebody has to decide first; the message says what was found and what to do."""
