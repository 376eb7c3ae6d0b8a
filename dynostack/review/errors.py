"""Errors of review and apply."""


class NotAPreview(Exception):
    """The text is not a preview of the engine; the message says what to do."""


class AccessRefused(Exception):
    """The API key in use may not review or apply the stack; the message says what to do."""
