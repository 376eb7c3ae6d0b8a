"""A rule of a review, and the context that it judges."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from dynostack.environment.rules.production import PRODUCTION_STACKS
from dynostack.inventory.app import Addon
from dynostack.review import resource_types
from dynostack.review.access import Holder
from dynostack.review.context import Context
from dynostack.review.markup import Code, Markup, mapped
from dynostack.review.model import Costs, Finding, Operation, Severity, SourceLocation
from dynostack.review.redaction import addresses_masked
from dynostack.review.source_locations import SourceLocations
from dynostack.review.step import Interruption, Preview, Step, type_of


@dataclass(frozen=True)
class ReviewContext:
    """One preview with everything that the rules may look at."""

    preview: Preview
    places: SourceLocations
    costs: Costs
    holders: tuple[Holder, ...]
    today: date
    context: Context
    has_policies: bool = False
    """Whether the project has a policy pack."""

    @property
    def steps(self) -> Iterator[Step]:
        """Return every resource, including unchanged ones."""
        return iter(self.preview.steps)

    @property
    def changed(self) -> Iterator[Step]:
        """Return every resource that has an operation."""
        return (step for step in self.preview.steps if step.operation)

    @property
    def databases(self) -> Iterator[Step]:
        """Return every Heroku Postgres database, including unchanged ones."""
        return filter(resource_types.is_database, self.preview.steps)

    @property
    def is_production(self) -> bool:
        """Return whether the app is in production."""
        stage = self.places.value("pipeline", "stage")
        return stage == "production" or self.preview.stack in PRODUCTION_STACKS

    @property
    def app(self) -> Step | None:
        """Return the app's step."""
        return next((step for step in self.preview.steps if step.type == resource_types.APP), None)

    @property
    def is_new(self) -> bool:
        """Return whether this change creates the app."""
        return self.app is not None and self.app.operation is Operation.CREATE

    def known(self, urn: str) -> Step:
        """Return what is known about a resource, even if the preview did not get to it."""
        steps = (*self.preview.steps, *self.preview.looked_at)
        unknown = Step(urn, type_of(urn), None, {}, {})
        return next((step for step in steps if step.urn == urn), unknown)

    @property
    def losable_databases(self) -> Iterator[Step]:
        """Return the databases that an apply could destroy: all that Pulumi does not protect."""
        refused = {refusal.urn for refusal in self.preview.refusals}
        return (step for step in self.databases if step.urn not in refused)

    @property
    def live_step(self) -> Step | None:
        """Return the live database, when this stack manages it."""
        app = self.context.app
        live = app.live_database if app else None
        return next((step for step in self.databases if live and step.id == live.id), None)

    def is_live(self, step: Step) -> bool:
        """Return whether DATABASE_URL points at a database, or may if Heroku did not answer."""
        return step is self.live_step or bool(self.context.unavailable)

    @property
    def known_app(self) -> Step | None:
        """Return the app's step, or the app as the refresh saw it if the preview stopped early."""
        looked_at = (step for step in self.preview.looked_at if step.type == resource_types.APP)
        return self.app or next(looked_at, None)

    @property
    def app_name(self) -> str:
        """Return the app's name on Heroku, or its name in the file when it is not there yet."""
        app = self.context.app
        return app.name if app else str(self.places.value("app", "name") or "")

    @property
    def owners(self) -> tuple[str, str]:
        """Return the app's owner on Heroku and its owner in the file.

        A file without a team leaves the owner as it is.
        """
        account = str(self.places.value("account") or "")
        team = self.places.value("app", "team")
        app = self.context.app
        owner = (app.team if app else "") or account
        return owner, str(team) if team else owner

    @property
    def changes_owner(self) -> bool:
        """Return whether the owner in the file differs from the app's owner on Heroku."""
        return self.context.app is not None and len(set(self.owners)) > 1

    @property
    def changes_region(self) -> bool:
        """Return whether the region in the file differs from the app's region on Heroku."""
        app, region = self.context.app, self.places.value("app", "region")
        return app is not None and bool(region) and app.region != region

    def heroku(self, *words: str) -> Code:
        """Return a Heroku CLI command for the app, quoted for a POSIX shell."""
        return Code(shlex.join(("heroku", *words, "--app", self.app_name)))

    def backup(self, database: str) -> Code:
        """Return the command that backs up a database, given its name on Heroku.

        Heroku may delete a database's backups together with the database, so the command also
        downloads the new backup.
        """
        capture = self.heroku("pg:backups:capture", database)
        return Code(f"{capture.code} && {self.heroku('pg:backups:download').code}")

    def name_on_heroku(self, step: Step) -> str:
        """Return an add-on's name on Heroku, or its name in the state when Heroku was not asked."""
        addons = self.context.app.addons if self.context.app else ()
        known = step.name_on_heroku or str((step.old or step.inputs).get("name") or step.name)
        return next((each.name for each in addons if each.id == step.id), known)

    def orphan(self, interruption: Interruption) -> Addon | None:
        """Return the add-on that an interrupted operation created, if the state lacks it."""
        addons = self.context.app.addons if self.context.app else ()
        wanted = interruption.name_on_heroku
        found = (each for each in addons if wanted and each.name == wanted)
        return next((each for each in found if each.id not in self.context.state.ids), None)

    def title(self, step: Step) -> Markup:
        """Return a resource's title, with addresses masked."""
        return mapped(resource_types.named(step), addresses_masked)


@dataclass(frozen=True)
class RuleResult:
    """One result of a rule: what it found, and what to do about it."""

    text: Markup
    advice: Markup
    step: Step | None = None
    path: str = ""
    """The Pulumi path of the property that the result is about."""
    place: SourceLocation | None = None
    """The line in the file, for a result that is not about a resource."""
    consent: str = ""
    """The option of `dynostack apply` that gives the explicit yes."""


RuleFunction = Callable[[ReviewContext], Iterable[RuleResult]]


@dataclass(frozen=True)
class Rule:
    """A rule with its id and severity."""

    id: str
    severity: Severity
    look: RuleFunction

    @property
    def title(self) -> str:
        """Return the rule's title, the first line of its docstring."""
        return self._parts[0]

    @property
    def why(self) -> str:
        """Return the reason for the rule, which is the rest of the function's docstring."""
        return " ".join(word for word in self._parts[1] if not word.startswith("https://"))

    @property
    def source(self) -> str:
        """Return the page that the rule comes from, if its docstring names one."""
        return next((word for word in self._parts[1] if word.startswith("https://")), "")

    @property
    def _parts(self) -> tuple[str, list[str]]:
        title, _, rest = (self.look.__doc__ or "").strip().partition("\n")
        return title, rest.split()

    def findings(self, review: ReviewContext) -> Iterator[Finding]:
        """Yield the rule's findings about a preview."""
        for result in self.look(review):
            place = result.place
            if result.step and not place:
                place = review.places.of_step(result.step, result.path)
            urn = result.step.urn if result.step else ""
            texts = (result.text, result.advice)
            yield Finding(self.id, self.severity, *texts, urn, place, result.consent)


RULES: dict[str, Rule] = {}
"""Id -> rule."""


def rule(identity: str, severity: Severity) -> Callable[[RuleFunction], RuleFunction]:
    """Register a function as a rule."""

    def enter(look: RuleFunction) -> RuleFunction:
        RULES[identity] = Rule(identity, severity, look)
        return look

    return enter


def findings(review: ReviewContext) -> tuple[Finding, ...]:
    """Return the findings of all rules, most severe first."""
    found = [each for identity in sorted(RULES) for each in RULES[identity].findings(review)]
    return tuple(sorted(found, key=lambda each: [*Severity].index(each.severity)))
