"""The parsed preview of each resource, in which only the engine's own masks hide values.

A Step therefore never leaves this package; renderers get a Change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dynostack.review.model import Operation

Values = Mapping[str, object]


def name_of(urn: str) -> str:
    """Return the name that the program gives a resource."""
    return urn.rpartition("::")[2]


def type_of(urn: str) -> str:
    """Return a resource's type, without the types of the components that contain it."""
    return urn.split("::")[2].rpartition("$")[2]


@dataclass(frozen=True)
class Step:
    """One resource: what it was, what it will be, and how it gets there."""

    urn: str
    type: str
    operation: Operation | None
    """None if it stays as it is."""
    old: Values | None
    """The inputs; None if it does not exist."""
    new: Values | None
    differences: Mapping[str, str] = field(default_factory=dict)
    """Pulumi property path -> add, delete or update, each possibly with the suffix `-replace`."""
    forced_by: tuple[str, ...] = ()
    """The properties that force a replacement."""
    parent: str = ""
    protected: bool = False
    loses_protection: bool = False
    id: str = ""
    is_drift: bool = False
    """Whether `new` is a change that was made on Heroku outside Pulumi."""
    made_up: frozenset[str] = frozenset()
    """Values that the provider made up, such as a name, which differ in each preview."""
    name_on_heroku: str = ""
    """The name in the state; empty for a new resource, and for a resource without a name."""

    @property
    def name(self) -> str:
        """Return the name that the program gives the resource."""
        return name_of(self.urn)

    @property
    def before(self) -> Step:
        """Return the step without its new values, to name the resource as it was."""
        return replace(self, new=None)

    @property
    def inputs(self) -> Values:
        """Return the new inputs, or the old ones of a destroyed resource."""
        return self.new if self.new is not None else self.old or {}

    @property
    def service(self) -> str:
        """Return the service of an add-on; empty for anything else."""
        return self.plan.partition(":")[0]

    @property
    def plan(self) -> str:
        """Return the plan of an add-on with its service; empty for anything else."""
        return str(self.inputs.get("plan", ""))


@dataclass(frozen=True)
class Violation:
    """A resource that violates a Pulumi policy."""

    policy: str
    urn: str
    message: str
    mandatory: bool


@dataclass(frozen=True)
class Refusal:
    """A protected resource that the engine refused to destroy or replace."""

    urn: str
    replaces: bool
    """Whether the program replaces the resource; otherwise the program no longer declares it."""

    @property
    def name(self) -> str:
        """Return the name that the program gives the resource."""
        return name_of(self.urn)


@dataclass(frozen=True)
class Interruption:
    """An operation that a killed engine started; whether Heroku completed it is unknown."""

    urn: str
    operation: str
    """The engine's operation, such as `creating`."""
    name_on_heroku: str = ""
    """The name that the resource would have on Heroku; empty if it has none."""

    @property
    def name(self) -> str:
        """Return the name that the program gives the resource."""
        return name_of(self.urn)


@dataclass(frozen=True)
class Preview:
    """Everything that is parsed from one preview."""

    stack: str
    project: str
    steps: tuple[Step, ...]
    drift: tuple[Step, ...] = ()
    """Changes on Heroku outside Pulumi: `old` is what Pulumi last saw, `new` what is there now."""
    errors: tuple[str, ...] = ()
    violations: tuple[Violation, ...] = ()
    unchanged_count: int = 0
    looked_at: tuple[Step, ...] = ()
    """The resources as they were before the refresh."""
    refusals: tuple[Refusal, ...] = ()
    complete: bool = True
    """Whether the engine reached the end; after a refusal or an error, steps are missing."""
