"""What a preview says about one resource, with the engine's own masks and nothing else hidden.

Only this package's inside sees a Step; what leaves it is a Change.
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
    """Return a resource's type, without those of the components that it is in."""
    return urn.split("::")[2].rpartition("$")[2]


@dataclass(frozen=True)
class Step:
    """One resource: what it was, what it will be, and how it gets there."""

    urn: str
    type: str
    operation: Operation | None
    """None: it stays as it is."""
    old: Values | None
    """The inputs; None where it is not there."""
    new: Values | None
    differences: Mapping[str, str] = field(default_factory=dict)
    """Pulumi's path of a property -> add, delete, update, each perhaps with `-replace`."""
    forced_by: tuple[str, ...] = ()
    """The properties that force a replacement."""
    parent: str = ""
    protected: bool = False
    loses_protection: bool = False
    id: str = ""
    is_drift: bool = False
    """Whether `new` is what somebody else made of it on Heroku."""
    made_up: frozenset[str] = frozenset()
    """What the provider made up for it, such as a name, which is another at each preview."""
    name_on_heroku: str = ""
    """The name that the state has of it; empty for what has no name, and for what is new."""

    @property
    def name(self) -> str:
        """The name that the program gives it."""
        return name_of(self.urn)

    @property
    def before(self) -> Step:
        """The step as if nothing were there afterwards, to name what goes."""
        return replace(self, new=None)

    @property
    def inputs(self) -> Values:
        """What it will be; what it was where it goes."""
        return self.new if self.new is not None else self.old or {}

    @property
    def service(self) -> str:
        """The service of an add-on, empty for anything else."""
        return self.plan.partition(":")[0]

    @property
    def plan(self) -> str:
        """The plan of an add-on with its service, empty for anything else."""
        return str(self.inputs.get("plan", ""))


@dataclass(frozen=True)
class Violation:
    """What a policy of the engine says."""

    policy: str
    urn: str
    message: str
    mandatory: bool


@dataclass(frozen=True)
class Refusal:
    """A protected resource that the engine refused to destroy or replace."""

    urn: str
    replaces: bool
    """Whether the program replaces it; otherwise the program no longer declares it."""

    @property
    def name(self) -> str:
        """Return the name that the program gives the resource."""
        return name_of(self.urn)


@dataclass(frozen=True)
class Interruption:
    """An operation that a killed engine began: nobody knows whether Heroku did it."""

    urn: str
    operation: str
    """What the engine was doing, such as `creating`."""
    name_on_heroku: str = ""
    """The name that it would have on Heroku; empty for what has no name."""

    @property
    def name(self) -> str:
        """Return the name that the program gives the resource."""
        return name_of(self.urn)


@dataclass(frozen=True)
class Preview:
    """Everything that is read from one preview."""

    stack: str
    project: str
    steps: tuple[Step, ...]
    drift: tuple[Step, ...] = ()
    """What is otherwise on Heroku: `old` is what Pulumi last saw, `new` what is there."""
    errors: tuple[str, ...] = ()
    violations: tuple[Violation, ...] = ()
    unchanged_count: int = 0
    looked_at: tuple[Step, ...] = ()
    """What was there before a refresh."""
    refusals: tuple[Refusal, ...] = ()
    complete: bool = True
    """Whether the engine reached the end; after a refusal or an error steps are missing."""
