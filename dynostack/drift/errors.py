"""The error of `dynostack drift`.  A separate module, so that the command line imports little."""


class DriftUnknown(Exception):
    """The file cannot be compared with Heroku; the message says why and what to do."""
