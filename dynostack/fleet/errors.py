"""Errors of commands for several stacks."""


class SelectionRefused(Exception):
    """The stacks of a command cannot be selected; the message says why and what to do."""
