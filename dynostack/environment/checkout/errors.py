"""Why the files of a source cannot be listed or packed."""


class IncompleteCheckout(Exception):
    """The checkout does not have the content of every file that Git would deploy.

    Holds a message and what to write instead.
    """

    def __init__(self, message: str, suggestion: str) -> None:
        super().__init__(f"{message}; write {suggestion}")
        self.message, self.suggestion = message, suggestion
