"""What a rule is, and what it looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from config.rules.production import PRODUCTION_STACKS
from dynostack.review import kinds
from dynostack.review.access import Holder
from dynostack.review.masking import addresses_masked
from dynostack.review.model import Costs, Finding, Operation, Place, Severity
from dynostack.review.places import Places
from dynostack.review.step import Preview, Step


@dataclass(frozen=True)
class Subject:
    """One preview and what is known around it."""

    preview: Preview
    places: Places
    costs: Costs
    holders: tuple[Holder, ...]
    today: date

    @property
    def steps(self) -> Iterator[Step]:
        """Every resource, the unchanged included."""
        return iter(self.preview.steps)

    @property
    def changed(self) -> Iterator[Step]:
        """Every resource that something happens to."""
        return (step for step in self.preview.steps if step.operation)

    @property
    def databases(self) -> Iterator[Step]:
        """Every Heroku Postgres database, the unchanged included."""
        return filter(kinds.is_database, self.preview.steps)

    @property
    def is_production(self) -> bool:
        """Whether the app is in production."""
        stage = self.places.value("pipeline", "stage")
        return stage == "production" or self.preview.stack in PRODUCTION_STACKS

    @property
    def app(self) -> Step | None:
        """The app itself."""
        return next((step for step in self.preview.steps if step.type == kinds.APP), None)

    @property
    def is_new(self) -> bool:
        """Whether the app is made by this very change."""
        return self.app is not None and self.app.operation is Operation.CREATE

    def title(self, step: Step) -> str:
        """What a person calls a resource."""
        return addresses_masked(kinds.title(step))


@dataclass(frozen=True)
class Said:
    """What a rule says: what is, and what to do."""

    text: str
    advice: str
    step: Step | None = None
    path: str = ""
    """The property that it is about."""
    place: Place | None = None
    """Set where no resource leads there."""


Look = Callable[[Subject], Iterable[Said]]


@dataclass(frozen=True)
class Rule:
    """One rule."""

    id: str
    severity: Severity
    look: Look

    @property
    def title(self) -> str:
        """What the rule is about, in a sentence."""
        return (self.look.__doc__ or "").strip().partition("\n")[0]

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """What the rule has to say."""
        for said in self.look(subject):
            place = said.place
            if said.step and not place:
                place = subject.places.of_step(said.step, said.path)
            urn = said.step.urn if said.step else ""
            yield Finding(self.id, self.severity, said.text, said.advice, urn, place)


RULES: dict[str, Rule] = {}
"""Id -> its rule."""


def rule(identity: str, severity: Severity) -> Callable[[Look], Look]:
    """Enter a function among the rules."""

    def enter(look: Look) -> Look:
        RULES[identity] = Rule(identity, severity, look)
        return look

    return enter


def findings(subject: Subject) -> tuple[Finding, ...]:
    """What all rules say, the gravest first."""
    found = [each for identity in sorted(RULES) for each in RULES[identity].findings(subject)]
    return tuple(sorted(found, key=lambda each: [*Severity].index(each.severity)))
