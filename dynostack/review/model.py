"""The one model of a review: what a preview shows, judged and masked, before any rendering.

Every value in it may be shown to anyone who may read the review: secrets are masked on the way in.
Money is US cents a month; None: no source says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from dynostack.review.markup import Markup

DATABASE_SERVICE = "heroku-postgresql"


class Operation(StrEnum):
    """What happens to one thing on Heroku."""

    CREATE = "create"
    IMPORT = "import"
    UPDATE = "update"
    REPLACE = "replace"
    DESTROY = "destroy"
    FORGET = "forget"
    """It stays on Heroku, and Pulumi no longer manages it."""


class Edit(StrEnum):
    """What happens to one property."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


class Severity(StrEnum):
    """How much a finding weighs."""

    STOP = "stop"
    """Heroku or Pulumi would refuse the change, so it cannot be applied; no yes can be given."""
    BLOCK = "block"
    """Needs an explicit yes."""
    WARN = "warn"
    NOTE = "note"


class Verdict(StrEnum):
    """The review in one word."""

    NOTHING = "nothing"
    """There is nothing to do."""
    CHANGES = "changes"
    """There are changes, and no finding needs an explicit yes."""
    BLOCKED = "blocked"
    """Findings need an explicit yes."""
    STOPPED = "stopped"
    """A finding says that the change cannot be applied."""
    FAILED = "failed"
    """The preview itself ended with an error; what is shown may be a part of the change."""


@dataclass(frozen=True)
class SourceLocation:
    """A line of an environment's file; it counts from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Resource:
    """One thing that Pulumi manages."""

    urn: str
    type: str
    """Pulumi's type, such as heroku:addon/addon:Addon."""
    name: str
    """The name that the program gives it."""
    title: str
    """What a person calls it, such as `database postgres (standard-0)`."""
    parent: str = ""
    """The URN of the thing it is a part of."""
    needs: tuple[str, ...] = ()
    """The URNs of what it depends on."""


@dataclass(frozen=True)
class Property:
    """The change of one property."""

    path: str
    """Pulumi's path from the resource on, such as configVars.DEBUG."""
    edit: Edit
    old: str | None
    """As it may be shown; None where there is none."""
    new: str | None
    masked: bool = False
    """Whether `old` and `new` stand for secrets."""
    replaces: bool = False
    """Whether it forces the replacement of its resource."""
    place: SourceLocation | None = None


@dataclass(frozen=True)
class Change:
    """What happens to one resource."""

    resource: Resource
    operation: Operation
    properties: tuple[Property, ...] = ()
    lost: Markup = ()
    """What is gone for good afterwards, in words; empty when nothing is."""
    protected: bool = False
    """Whether the engine would refuse to destroy it."""
    place: SourceLocation | None = None

    @property
    def title(self) -> str:
        """What a person calls the resource."""
        return self.resource.title

    @property
    def destroys(self) -> bool:
        """Whether what is there now is gone afterwards."""
        return self.operation in (Operation.DESTROY, Operation.REPLACE)

    @property
    def forced_by(self) -> tuple[Property, ...]:
        """The properties that force the replacement."""
        return tuple(each for each in self.properties if each.replaces)


@dataclass(frozen=True)
class AccessChange:
    """What changes for one person."""

    who: str
    gained: tuple[str, ...]
    """Permissions, such as deploy; a personal app's one is `collaborate`."""
    lost: tuple[str, ...]
    words: tuple[Markup, ...]
    """Sentences such as `dev@acme.example can now change what is billed`."""
    place: SourceLocation | None = None


@dataclass(frozen=True)
class CostLine:
    """The price of one item, before and after."""

    name: str
    old: int | None
    """Cents a month; 0 where the item is not there."""
    new: int | None
    old_plan: str | None = None
    """What is paid for, such as `2 x standard-1x`; None where the item is not there."""
    new_plan: str | None = None


@dataclass(frozen=True)
class Costs:
    """Everything that is paid for, the unchanged included."""

    lines: tuple[CostLine, ...] = ()

    @property
    def changed(self) -> tuple[CostLine, ...]:
        """The lines whose price or plan is another one."""
        return tuple(each for each in self.lines if each.old_plan != each.new_plan)

    @property
    def old(self) -> int:
        """The total of the known prices before."""
        return sum(each.old or 0 for each in self.lines)

    @property
    def new(self) -> int:
        """The total of the known prices after."""
        return sum(each.new or 0 for each in self.lines)

    @property
    def unknown(self) -> tuple[CostLine, ...]:
        """The lines of which a price is unknown; the totals are without those prices."""
        return tuple(each for each in self.lines if each.old is None or each.new is None)


@dataclass(frozen=True)
class Restart:
    """Something that restarts or is interrupted, and why."""

    what: Markup
    why: Markup


@dataclass(frozen=True)
class Finding:
    """What a rule says about a change."""

    id: str
    severity: Severity
    text: Markup
    advice: Markup
    urn: str = ""
    """The resource it is about; empty when it is about the whole."""
    place: SourceLocation | None = None
    consent: str = ""
    """The option of `dynostack apply` that gives the yes, such as `--allow-data-loss postgres`;
    empty where applying the reviewed digest is the yes, or no yes can be given."""


@dataclass(frozen=True)
class Review:
    """Everything that is to be said about one change of one stack."""

    project: str
    stack: str
    app: str
    """The app's name on Heroku; empty when the preview did not get so far."""
    environment: str
    """The environment's file, such as Pulumi.prod.yaml."""
    engine: str
    """The engine's version; empty when it is unknown, as of a preview from a file."""
    digest: str
    """Of the whole plan; empty when there is nothing that could be applied."""
    changes: tuple[Change, ...] = ()
    unchanged: tuple[Resource, ...] = ()
    unchanged_count: int = 0
    """How many resources stay as they are; a preview may count them without naming them."""
    access: tuple[AccessChange, ...] = ()
    costs: Costs = Costs()
    restarts: tuple[Restart, ...] = ()
    findings: tuple[Finding, ...] = ()
    """The gravest first."""
    drift: tuple[Change, ...] = ()
    """What is otherwise on Heroku than Pulumi last saw it, from the old state to what is there."""
    errors: tuple[str, ...] = ()
    """What stopped the preview."""
    interrupted: tuple[str, ...] = ()
    """What an engine that was killed was doing, such as `creating postgres-next`."""
    complete: bool = True
    """Whether the preview reached its end; costs, access and restarts are unknown otherwise."""

    @property
    def verdict(self) -> Verdict:
        """The review in one word."""
        if self.errors:
            return Verdict.FAILED
        if self.stopping:
            return Verdict.STOPPED
        if self.blocking:
            return Verdict.BLOCKED
        changed = self.changes or self.drift or self.interrupted
        return Verdict.CHANGES if changed else Verdict.NOTHING

    @property
    def stopping(self) -> tuple[Finding, ...]:
        """The findings that say why the change cannot be applied."""
        return tuple(each for each in self.findings if each.severity is Severity.STOP)

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The findings that need an explicit yes."""
        return tuple(each for each in self.findings if each.severity is Severity.BLOCK)

    @property
    def destructive(self) -> tuple[Change, ...]:
        """Every destroy and replacement."""
        return tuple(each for each in self.changes if each.destroys)

    @property
    def other(self) -> tuple[Change, ...]:
        """Every change that is neither destroy nor replacement."""
        return tuple(each for each in self.changes if not each.destroys)

    def count(self, operation: Operation) -> int:
        """How many resources an operation is done to."""
        return sum(each.operation is operation for each in self.changes)

    def of(self, findings: Iterable[Finding], urn: str) -> tuple[Finding, ...]:
        """Those of some findings that are about one resource."""
        return tuple(each for each in findings if each.urn == urn)
