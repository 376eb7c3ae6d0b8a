"""A rule's finding, before its place in the file is known."""

from typing import NamedTuple

from pydantic_core import PydanticCustomError

from dynostack.environment.diagnostics.diagnostic import Position

Path = tuple[str | int, ...]
"""Keys and indices, starting with the section: ("collaborators", 0, "permissions")."""

PROBLEM = "dynostack_problem"
"""Pydantic's type of an error that one of dynostack's checks raised."""


class Elsewhere(NamedTuple):
    """A place in a file other than the environment's, for a finding about that file."""

    file: str
    """Path relative to the project's folder."""
    place: Position | None = None
    source: str = ""


class Finding(NamedTuple):
    """One problem: its code, a message in Heroku's words, and a suggestion of what to write."""

    path: Path
    code: str
    message: str
    suggestion: str
    near: tuple[str, ...] = ()
    at_key: bool = False
    """Whether the key is wrong, not its value."""
    place: Position | None = None
    """Set if the path does not lead to the place, as for the second of two equal keys."""
    elsewhere: Elsewhere | None = None
    shared: str = ""
    """A name that several stacks share, if each of them has this finding about it."""


def problem(
    code: str, message: str, suggestion: str, near: tuple[str, ...] = ()
) -> PydanticCustomError:
    """Return the error for the check of a single value to raise; the model adds the path."""
    context = {"code": code, "message": message, "suggestion": suggestion, "near": near}
    return PydanticCustomError(PROBLEM, "{message}", context)
