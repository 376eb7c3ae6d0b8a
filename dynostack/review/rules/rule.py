"""What a rule is, and what it looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from config.rules.production import PRODUCTION_STACKS
from dynostack.review import kinds
from dynostack.review.access import Holder
from dynostack.review.markup import Markup, mapped
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

    def title(self, step: Step) -> Markup:
        """Return what a person calls a resource."""
        return mapped(kinds.named(step), addresses_masked)


@dataclass(frozen=True)
class RuleResult:
    """One result of a rule: what is, and what to do."""

    text: Markup
    advice: Markup
    step: Step | None = None
    path: str = ""
    """The property that it is about."""
    place: Place | None = None
    """Set where no resource leads there."""


Look = Callable[[Subject], Iterable[RuleResult]]


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
        """Yield the rule's findings about a preview."""
        for result in self.look(subject):
            place = result.place
            if result.step and not place:
                place = subject.places.of_step(result.step, result.path)
            urn = result.step.urn if result.step else ""
            yield Finding(self.id, self.severity, result.text, result.advice, urn, place)


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
