"""The error of `dynostack adopt`.  A separate module, so that the command line imports little."""


class AdoptRefused(Exception):
    """The app was not adopted; the message says why, what was kept, and what to do."""
