"""Errors of a move; each message says what was found and what to do."""


class MoveError(Exception):
    """The move cannot go on."""


class MoveRefused(MoveError):
    """A check before the move failed: nothing was changed."""


class StepFailed(MoveError):
    """A step failed; the move then returns the app to the old database."""
