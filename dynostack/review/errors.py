class NotAPreview(Exception):
    """The text is not what the engine writes; the message says what to do."""
