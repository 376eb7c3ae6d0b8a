class NotAPreview(Exception):
    """The text is not what the engine writes; the message says what to do."""


class AccessRefused(Exception):
    """The API key in use may not review or apply the stack; the message says what to do."""
