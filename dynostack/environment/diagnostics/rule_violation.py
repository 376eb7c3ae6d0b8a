"""The exception that a project's own rule raises."""

from dynostack.environment.diagnostics.finding import Path


class RuleViolation(ValueError):
    """A broken rule.  A project's Pydantic validator raises it; dynostack reports it like its own.

    Args:
        message: the problem, such as "production runs 1 web dyno".
        suggestion: what to write instead, such as "2 or more".
        path: keys and indices, as in the file, from the validated value to the wrong one:
            `("app", "name")` in a validator of the whole environment.  A single key may be a
            plain string.
    """

    def __init__(self, message: str, suggestion: str = "", path: Path | str = ()) -> None:
        super().__init__(message)
        self.message, self.suggestion = message, suggestion
        self.path: Path = (path,) if isinstance(path, str) else tuple(path)
        # Checked here so that the traceback shows the rule: a project may not use a type checker.
        texts = isinstance(message, str) and isinstance(suggestion, str)
        if not (texts and all(isinstance(part, str | int) for part in self.path)):
            raise TypeError(
                "RuleViolation needs a message and a suggestion, both text,"
                " and a path of keys and indices"
            )
