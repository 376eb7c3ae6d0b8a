"""The model of a review: a preview, judged and masked, before any rendering.

Everyone who may read the review may see every value in it, because secrets are masked when it is
built.  Prices are in US cents a month, None if unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from dynostack.review.markup import Markup

DATABASE_SERVICE = "heroku-postgresql"
UNKNOWN_PERSON = "unknown"


class Operation(StrEnum):
    """The operation on one resource on Heroku."""

    CREATE = "create"
    IMPORT = "import"
    UPDATE = "update"
    REPLACE = "replace"
    DESTROY = "destroy"
    FORGET = "forget"
    """The resource stays on Heroku, but Pulumi no longer manages it."""


class Edit(StrEnum):
    """The change of one property."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


class Severity(StrEnum):
    """How serious a finding is."""

    STOP = "stop"
    """Heroku or Pulumi would refuse the change, so it cannot be applied, even with a yes."""
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
    """The change cannot be applied because of a finding."""
    FAILED = "failed"
    """The preview itself ended with an error; the review may show only a part of the change."""


@dataclass(frozen=True)
class SourceLocation:
    """A line of an environment's file, counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Resource:
    """One resource that Pulumi manages."""

    urn: str
    type: str
    """Pulumi's type, such as heroku:addon/addon:Addon."""
    name: str
    """The name that the program gives it."""
    title: str
    """The name shown to people, such as `database postgres (standard-0)`."""
    parent: str = ""
    """The URN of the resource that it is a part of."""
    needs: tuple[str, ...] = ()
    """The URNs of the resources that it depends on."""


@dataclass(frozen=True)
class Property:
    """The change of one property."""

    path: str
    """The Pulumi property path within the resource, such as configVars.DEBUG."""
    edit: Edit
    old: str | None
    """The old value as it may be shown, or None."""
    new: str | None
    masked: bool = False
    """Whether `old` and `new` stand for secrets."""
    replaces: bool = False
    """Whether it forces the replacement of its resource."""
    place: SourceLocation | None = None


@dataclass(frozen=True)
class Change:
    """The change of one resource."""

    resource: Resource
    operation: Operation
    properties: tuple[Property, ...] = ()
    lost: Markup = ()
    """A description of the data that the change destroys; empty if it destroys none."""
    protected: bool = False
    """Whether the engine would refuse to destroy it."""
    place: SourceLocation | None = None

    @property
    def title(self) -> str:
        """Return the name of the resource that is shown to people."""
        return self.resource.title

    @property
    def destroys(self) -> bool:
        """Return whether the existing resource is gone after the change."""
        return self.operation in (Operation.DESTROY, Operation.REPLACE)

    @property
    def forced_by(self) -> tuple[Property, ...]:
        """Return the properties that force the replacement."""
        return tuple(each for each in self.properties if each.replaces)


@dataclass(frozen=True)
class AccessChange:
    """The change of one person's access."""

    who: str
    gained: tuple[str, ...]
    """Permissions, such as `deploy`; a personal app only has `collaborate`."""
    lost: tuple[str, ...]
    words: tuple[Markup, ...]
    """Sentences such as `dev@acme.example can now change what is billed`."""
    place: SourceLocation | None = None


@dataclass(frozen=True)
class CostLine:
    """The price of one item, before and after."""

    name: str
    old: int | None
    """Cents a month; 0 if the item does not exist."""
    new: int | None
    old_plan: str | None = None
    """The plan or dynos, such as `2 x standard-1x`; None if the item does not exist."""
    new_plan: str | None = None


@dataclass(frozen=True)
class Costs:
    """Everything that is paid for, including unchanged items."""

    lines: tuple[CostLine, ...] = ()

    @property
    def changed(self) -> tuple[CostLine, ...]:
        """Return the lines whose plan changes."""
        return tuple(each for each in self.lines if each.old_plan != each.new_plan)

    @property
    def old(self) -> int:
        """Return the total of the known prices before the change."""
        return sum(each.old or 0 for each in self.lines)

    @property
    def new(self) -> int:
        """Return the total of the known prices after the change."""
        return sum(each.new or 0 for each in self.lines)

    @property
    def unknown(self) -> tuple[CostLine, ...]:
        """Return the lines with an unknown price, which the totals leave out."""
        return tuple(each for each in self.lines if each.old is None or each.new is None)


@dataclass(frozen=True)
class Restart:
    """Something that is restarted or interrupted, and why."""

    what: Markup
    why: Markup


@dataclass(frozen=True)
class Finding:
    """A finding of a rule about a change."""

    id: str
    severity: Severity
    text: Markup
    advice: Markup
    urn: str = ""
    """The URN of the resource that it is about; empty if it is about the whole change."""
    place: SourceLocation | None = None
    consent: str = ""
    """The option of `dynostack apply` that gives the yes, such as `--allow-data-loss postgres`.

    Empty if applying the reviewed digest is the yes, or if no yes can be given.
    """


@dataclass(frozen=True)
class Addition:
    """Something that the app has on Heroku, and that the stack neither has nor declares."""

    item: str
    """Its name in `dynostack drift`, such as collaborators.dev@acme.example."""
    text: Markup
    """It in words, with its price or permissions, without values of config vars."""
    since: str = ""
    """When it was added; empty if Heroku does not report it."""
    by: str = UNKNOWN_PERSON
    """The email address of the person who added it."""


@dataclass(frozen=True)
class Review:
    """The review of one change of one stack."""

    project: str
    stack: str
    app: str
    """The app's name on Heroku; empty if the preview did not get that far."""
    environment: str
    """The environment's file, such as Pulumi.prod.yaml."""
    engine: str
    """The engine's version; empty if it is unknown, as for a preview from a file."""
    digest: str
    """The digest of the whole plan; empty if nothing can be applied."""
    changes: tuple[Change, ...] = ()
    unchanged: tuple[Resource, ...] = ()
    unchanged_count: int = 0
    """How many resources stay as they are; a preview may count them without naming them."""
    access: tuple[AccessChange, ...] = ()
    costs: Costs = Costs()
    restarts: tuple[Restart, ...] = ()
    findings: tuple[Finding, ...] = ()
    """Most severe first."""
    drift: tuple[Change, ...] = ()
    """Changes made on Heroku outside Pulumi: from the values in the state to those on Heroku."""
    additions: tuple[Addition, ...] = ()
    """Additions that somebody made on Heroku by hand; no apply of this review changes them."""
    elsewhere: int = 0
    """How many additions are managed elsewhere, as the file says."""
    unread: tuple[str, ...] = ()
    """The parts of the app that the API key may not read, such as `log drains`."""
    errors: tuple[str, ...] = ()
    """The errors that stopped the preview."""
    interrupted: tuple[str, ...] = ()
    """The operation of a killed engine, such as `creating postgres-next`."""
    complete: bool = True
    """Whether the preview reached its end; if not, costs, access and restarts are unknown."""

    @property
    def verdict(self) -> Verdict:
        """Return the review in one word."""
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
        """Return the findings that stop the change from being applied."""
        return tuple(each for each in self.findings if each.severity is Severity.STOP)

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """Return the findings that need an explicit yes."""
        return tuple(each for each in self.findings if each.severity is Severity.BLOCK)

    @property
    def destructive(self) -> tuple[Change, ...]:
        """Return the changes that destroy or replace a resource."""
        return tuple(each for each in self.changes if each.destroys)

    @property
    def other(self) -> tuple[Change, ...]:
        """Return the changes that neither destroy nor replace a resource."""
        return tuple(each for each in self.changes if not each.destroys)

    def count(self, operation: Operation) -> int:
        """Return how many resources have an operation."""
        return sum(each.operation is operation for each in self.changes)

    def of(self, findings: Iterable[Finding], urn: str) -> tuple[Finding, ...]:
        """Return the findings that are about one resource."""
        return tuple(each for each in findings if each.urn == urn)
