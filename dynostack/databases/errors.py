"""Errors of a move; each message says what is wrong and what to do."""


class MoveError(Exception):
    """The move cannot continue."""


class MoveRefused(MoveError):
    """A check failed or the user did not agree, so the command stops."""


class StepFailed(MoveError):
    """A step failed; if it failed during the downtime, the app returns to the old database."""
