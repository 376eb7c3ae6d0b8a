"""What can go wrong while the toolchain is made; every text is one sentence for the user."""

from __future__ import annotations


class ToolchainError(Exception):
    """The toolchain cannot be made; the text says what is missing and what to do."""


class Unavailable(ToolchainError):
    """One way to a part does not work here; the next one may."""


class WrongChecksum(ToolchainError):
    """What was downloaded is not what was published.  Never a reason to try another way."""
