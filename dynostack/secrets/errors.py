"""The error of `dynostack secret`.  A separate module, so that the command line imports little."""


class SecretRefused(Exception):
    """The value was not set and the file is unchanged; the message says why and what to do."""
