"""Errors of the toolchain's installation; every message is one sentence for the user."""

from __future__ import annotations


class ToolchainError(Exception):
    """The toolchain cannot be installed; the message says what is missing and what to do."""


class Unavailable(ToolchainError):
    """One source of a program does not work here; the next one may."""


class WrongChecksum(ToolchainError):
    """A download has the wrong checksum, so no other source is tried."""
