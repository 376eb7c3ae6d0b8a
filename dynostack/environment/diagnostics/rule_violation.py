"""How a project's own rule says what is wrong."""

from dynostack.environment.diagnostics.finding import Path


class RuleViolation(ValueError):
    """What a project's own Pydantic validator raises; it is shown like the rules of dynostack.

    Args:
        message: what is wrong, such as "production runs 1 web dyno".
        suggestion: what to write instead, such as "2 or more".
        path: keys and indices, as in the file, from the value that the validator is for to the one
            that is wrong: `("app", "name")` in a validator of the whole environment; one key may be
            written as it is.
    """

    def __init__(self, message: str, suggestion: str = "", path: Path | str = ()) -> None:
        super().__init__(message)
        self.message, self.suggestion = message, suggestion
        self.path: Path = (path,) if isinstance(path, str) else tuple(path)
        # Said here, at the line of the rule; its type checker may not have been asked.
        texts = isinstance(message, str) and isinstance(suggestion, str)
        if not (texts and all(isinstance(part, str | int) for part in self.path)):
            raise TypeError("RuleViolation takes a text, a text and a path of keys and indices")
