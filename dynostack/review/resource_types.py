"""Resource types: what people call them, what is lost with them, and what may be shown of them.

Only the properties listed here are ever shown; the values of all others are masked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dynostack.environment.catalogue import MEMCACHED_PLANS, POSTGRES_SERVICE
from dynostack.review.markup import Code, Markup, Part, plain
from dynostack.review.step import Step

APP = "heroku:app/app:App"
ADDON = "heroku:addon/addon:Addon"
ATTACHMENT = "heroku:addon/attachment:Attachment"
BUILD = "heroku:build/build:Build"
COLLABORATOR = "heroku:collaborator/collaborator:Collaborator"
CONFIG_ASSOCIATION = "heroku:app/configAssociation:ConfigAssociation"
DOMAIN = "heroku:domain/domain:Domain"
DRAIN = "heroku:drain/drain:Drain"
FEATURE = "heroku:app/feature:Feature"
FORMATION = "heroku:formation/formation:Formation"
PIPELINE = "heroku:pipeline/pipeline:Pipeline"
COUPLING = "heroku:pipeline/coupling:Coupling"
PROVIDER = "pulumi:providers:heroku"
TEAM_COLLABORATOR = "heroku:team/collaborator:Collaborator"

CONFIG_VARS = frozenset(
    {"configVars", "sensitiveConfigVars", "allConfigVars", "vars", "sensitiveVars"}
)
"""Properties that contain config vars."""
OPTIONS = "config"
"""The property of an add-on with the options that it was created with."""
PLAIN_VARS = frozenset({"configVars", "vars", OPTIONS})
"""Properties whose entries may be shown unless they look like secrets."""
SECRET_VARS = "sensitiveConfigVars"  # noqa: S105

IDENTITIES = frozenset({"appId", "addonId", "pipeline", "id", "uuid"})
"""Properties with ids of other resources, which mean nothing to a person."""


@dataclass(frozen=True)
class Kind:
    """One type of resource."""

    noun: str
    shown: frozenset[str]
    """Properties whose values may be shown to everyone who may read the review."""
    lost: Markup = ()
    """A description of the data that is destroyed with the resource."""
    title: Callable[[Step], Markup] | None = None
    """Returns the words after the noun; without it, the resource's own name follows."""


def _app(step: Step) -> Markup:
    return (Code(str(step.inputs.get("name", step.name))),)


def _addon(step: Step) -> Markup:
    plan: Markup = (" (", Code(step.plan), ")") if step.plan else ()
    return (Code(step.name), *plan)


def _dynos(step: Step) -> Markup:
    return (Code(str(step.inputs.get("type", step.name))),)


def _stage(step: Step) -> Markup:
    return ("in stage ", Code(str(step.inputs.get("stage", ""))))


def _kind(
    noun: str, shown: str, lost: str = "", title: Callable[[Step], Markup] | None = None
) -> Kind:
    return Kind(noun, frozenset(shown.split()), (lost,) if lost else (), title)


CHECKSUM = "localChecksum"
"""The property of a build that differs when a file of its source does."""

KINDS = {
    APP: _kind(
        "app",
        "name region stack organization buildpacks space acm internalRouting",
        "the app with everything that belongs to it: add-ons and their data, config vars, domains,"
        " releases, logs and everyone's access",
        _app,
    ),
    ADDON: _kind("add-on", "plan name", "everything that the add-on has stored", _addon),
    ATTACHMENT: _kind("attachment", "name", "the config vars that begin with its name"),
    BUILD: _kind("build", "source.path source.version buildpacks"),
    COLLABORATOR: _kind("collaborator", "email"),
    TEAM_COLLABORATOR: _kind("collaborator", "email permissions"),
    CONFIG_ASSOCIATION: _kind("config vars", "", "the values of the config vars"),
    DOMAIN: _kind(
        "domain",
        "hostname sniEndpointId",
        "the DNS target, because a new domain gets a different one",
    ),
    DRAIN: _kind("log drain", "url"),
    FEATURE: _kind("feature", "name enabled"),
    FORMATION: _kind("dynos of", "type size quantity", title=_dynos),
    PIPELINE: _kind("pipeline", "name owner", "the pipeline and the order of its stages"),
    COUPLING: _kind("place in the pipeline,", "stage", title=_stage),
    PROVIDER: _kind("connection to Heroku", ""),
}

DATABASE = _kind("database", "plan name", "every row, the backups and the credentials", _addon)
CACHE = _kind("cache", "plan name", "everything that is cached", _addon)
UNKNOWN = _kind("resource", "")

CACHES = frozenset({*MEMCACHED_PLANS, "heroku-redis"})
"""Services that store their data in memory."""


def is_database(step: Step) -> bool:
    """Return whether a step is about a Heroku Postgres database."""
    return step.type == ADDON and step.service == POSTGRES_SERVICE


def is_cache(step: Step) -> bool:
    """Return whether a step is about a cache."""
    return step.type == ADDON and step.service in CACHES


def kind(step: Step) -> Kind:
    """Return the kind of a resource."""
    if is_database(step):
        return DATABASE
    if is_cache(step):
        return CACHE
    return KINDS.get(step.type, UNKNOWN)


def named(step: Step) -> Markup:
    """Return what people call the resource, with its name and plan marked as code."""
    of = kind(step)
    noun: Part = of.noun if of is not UNKNOWN else Code(step.type)
    return (noun, " ", *(of.title(step) if of.title else (Code(step.name),)))


def title(step: Step) -> str:
    """Return what people call the resource, without markup."""
    return plain(named(step))
