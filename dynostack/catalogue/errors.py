"""The error that the catalogue's commands raise."""


class CatalogueError(Exception):
    """A command of the catalogue failed; the message is one sentence."""
