"""What a rule finds, before it is known where in the file that stands."""

from dataclasses import dataclass

from pydantic_core import PydanticCustomError

from dynostack.environment.diagnostics.diagnostic import Position

Path = tuple[str | int, ...]
"""Keys and indices from the section on: ("collaborators", 0, "permissions")."""

PROBLEM = "dynostack_problem"
"""The type of an error that a rule of ours raised, as Pydantic reports it."""


@dataclass(frozen=True)
class Elsewhere:
    """A line of another file than the environment's, for a finding about that file."""

    file: str
    """As seen from the project's folder."""
    place: Position | None = None
    source: str = ""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: its code, what is, in Heroku's words, and what to write."""

    path: Path
    code: str
    message: str
    suggestion: str
    near: tuple[str, ...] = ()
    at_key: bool = False
    """Whether it is the key that is wrong, not its value."""
    place: Position | None = None
    """Set when the path does not lead there, as for the second of two equal keys."""
    elsewhere: Elsewhere | None = None


def problem(
    code: str, message: str, suggestion: str, near: tuple[str, ...] = ()
) -> PydanticCustomError:
    """What the check of a single value raises; the path is added by the model."""
    context = {"code": code, "message": message, "suggestion": suggestion, "near": near}
    return PydanticCustomError(PROBLEM, "{message}", context)
