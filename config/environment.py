"""Everything that may be said about one environment of a Heroku app."""

from collections.abc import Iterator
from typing import Self

from pydantic import Field, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from config import addons, collaborators, domains, memcached, pipeline
from config.addons import Addons
from config.app import App
from config.collaborators import Collaborator, Email
from config.domains import Hostname
from config.drains import Drains
from config.features import Features
from config.formation import Formation
from config.memcached import Memcached
from config.pipeline import Pipeline
from config.postgres import Postgres
from config.section import PROBLEM, Finding, Rule, Section, problem

RULES: tuple[Rule, ...] = (
    *addons.RULES,
    *collaborators.RULES,
    *domains.RULES,
    *memcached.RULES,
    *pipeline.RULES,
)


class Environment(Section):
    """A section is a key `<project>:<section>` under `config:`; an absent one declares nothing."""

    account: Email = Field(
        description="The Heroku account this stack belongs to.", examples=["ops@acme.example"]
    )
    app: App = Field(description="The app itself.", examples=["{ name: acme-shop }"])
    formation: Formation = Field(
        {},
        description="Process type -> its dynos.",
        examples=["{ web: { size: basic, quantity: 1 } }"],
    )
    postgres: Postgres | None = Field(
        None, description="Heroku Postgres.", examples=["{ plan: essential-0 }"]
    )
    memcached: Memcached | None = Field(
        None, description="memcached by an add-on.", examples=["{ plan: dev }"]
    )
    addons: Addons = Field(
        {},
        description="Any other add-ons, each under a key of its own.",
        examples=['{ logs: { plan: "papertrail:choklad" } }'],
    )
    collaborators: list[Collaborator] = Field(
        [], description="Who has access to the app.", examples=["- { email: dev@acme.example }"]
    )
    domains: list[Hostname] = Field([], description="Host names.", examples=["- www.acme.example"])
    features: Features = Field(
        {}, description="Feature -> on or off.", examples=["{ http-session-affinity: true }"]
    )
    drains: Drains = Field(
        {},
        description="Where logs flow, each under a key of its own.",
        examples=["{ archive: syslog+tls://logs.acme.example:6514 }"],
    )
    pipeline: Pipeline | None = Field(
        None,
        description="The pipeline and the app's stage in it.",
        examples=["{ create: true, name: shop, stage: staging }"],
    )

    @model_validator(mode="wrap")
    @classmethod
    def _with_rules_across_keys(cls, file: object, rest: ModelWrapValidatorHandler[Self]) -> Self:
        """Rules see the file as written, so that they speak even when another key is wrong."""
        wrong = [_as_error(found) for found in _findings(file)]
        try:
            environment = rest(file)
        except ValidationError as error:
            wrong = [*(_again(each) for each in error.errors(include_url=False)), *wrong]
        if wrong:
            raise ValidationError.from_exception_data(cls.__name__, wrong)
        return environment


def _findings(file: object) -> Iterator[Finding]:
    if isinstance(file, dict):
        for rule in RULES:
            yield from rule(file)


def _as_error(found: Finding) -> InitErrorDetails:
    error = problem(found.says, found.write)
    return InitErrorDetails(type=error, loc=found.path, input=None)


def _again(error: ErrorDetails) -> InitErrorDetails:
    context = error.get("ctx", {})
    kind: PydanticCustomError | str = error["type"]
    if kind == PROBLEM:
        kind = problem(context["says"], context["write"])
    return InitErrorDetails(type=kind, loc=error["loc"], input=error["input"], ctx=context)
