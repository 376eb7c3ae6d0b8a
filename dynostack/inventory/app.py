"""One app as it is on Heroku: everything that an environment's file can say, and more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dynostack.inventory.domains import Domain

POSTGRES = "heroku-postgresql"
LIVE = "DATABASE"
"""The attachment that sets DATABASE_URL.

https://devcenter.heroku.com/articles/managing-heroku-postgres-using-cli
"""
OWNER, ADMIN = "owner", "admin"
"""Roles that have all permissions, whatever an app's list of permissions says.

https://devcenter.heroku.com/articles/app-permissions
"""


class Part(StrEnum):
    """A part of an app that is read by its own request; the value names it in messages."""

    ADDONS = "add-ons"
    ATTACHMENTS = "attachments"
    BUILDPACKS = "buildpacks"
    COLLABORATORS = "collaborators"
    CONFIG_VARS = "config vars"
    COUPLING = "pipeline"
    DOMAINS = "domains"
    DRAINS = "log drains"
    FEATURES = "features"
    FORMATION = "formation"
    RELEASES = "releases"
    WEBHOOKS = "webhooks"


NOT_IN_FILES = (Part.WEBHOOKS, Part.RELEASES)
"""Parts that no file describes, so that a comparison does not need them."""


@dataclass(frozen=True)
class Addon:
    """One add-on that an app uses, billed to it or to another app."""

    id: str
    name: str
    plan: str
    """Service and plan, such as heroku-postgresql:standard-0; empty for another app's add-on."""
    attachments: Mapping[str, str] = field(default_factory=dict)
    """Name of an attachment in the app, such as DATABASE -> the attachment's id."""
    state: str = "provisioned"
    cents: int | None = None
    """Price a month in US cents; None if Heroku does not report it."""
    created: str = ""
    config_vars: frozenset[str] = frozenset()
    """The config vars of the app that the add-on sets."""
    app: str = ""
    """The name of the app that is billed for it."""

    @property
    def service(self) -> str:
        """Return the service, such as heroku-postgresql; empty for another app's add-on."""
        return self.plan.partition(":")[0]

    @property
    def is_database(self) -> bool:
        """Return whether it is a Heroku Postgres database of the app."""
        return self.service == POSTGRES


@dataclass(frozen=True)
class Collaborator:
    """One person with access to an app."""

    email: str
    role: str
    """Such as collaborator, or the person's role in the team that owns the app."""
    permissions: tuple[str, ...] = ()
    created: str = ""

    @property
    def is_implied(self) -> bool:
        """Return whether the person has access as the app's owner or as a team's admin."""
        return self.role in (OWNER, ADMIN) or self.is_the_team

    @property
    def is_the_team(self) -> bool:
        """Return whether it is the account of a team itself, which owns the team's apps."""
        return self.email.endswith("@herokumanager.com")


@dataclass(frozen=True)
class Drain:
    """One address that receives an app's logs."""

    id: str
    url: str = field(repr=False)
    """The address, which may contain a password."""
    is_of_addon: bool = False
    """Whether an add-on has created it, and removes it with itself."""
    created: str = ""


@dataclass(frozen=True)
class Dynos:
    """The dynos of one process type."""

    quantity: int
    size: str
    """The size as Heroku writes it, such as Standard-1X."""


@dataclass(frozen=True)
class Webhook:
    """One address that is notified of changes of an app."""

    id: str
    url: str = field(repr=False)
    entities: tuple[str, ...] = ()
    """The events that Heroku notifies it of, such as api:release."""
    created: str = ""


@dataclass(frozen=True)
class Coupling:
    """An app's stage in a pipeline."""

    stage: str
    pipeline_id: str
    pipeline: str
    """The pipeline's name."""
    id: str = ""
    created: str = ""
    is_first: bool = True
    """Whether no other app of the pipeline is at a later stage, or longer at the same stage."""


@dataclass(frozen=True)
class Release:
    """A release of an app."""

    version: int
    author: str
    """The email address of the person or integration that released it."""
    description: str
    created: str
    slug: str
    """The id of the slug; empty if the release has none."""
    is_current: bool = True


@dataclass(frozen=True)
class App:
    """One app as it is on Heroku; a part that was not read is empty."""

    id: str
    name: str
    team: str
    """The team's name; empty for a personal app."""
    region: str = ""
    acm: bool = False
    """Whether Automated Certificate Management manages the certificates of its domains."""
    addons: tuple[Addon, ...] = ()
    processes: frozenset[str] = frozenset()
    """The process types of its current release."""
    stack: str = ""
    """The stack of the next build, which `heroku stack` shows."""
    owner: str = ""
    space: str = ""
    """The Private Space that it runs in; empty for none."""
    maintenance: bool = False
    buildpacks: tuple[str, ...] = ()
    collaborators: tuple[Collaborator, ...] = ()
    config_vars: Mapping[str, str] = field(default_factory=dict, repr=False)
    coupling: Coupling | None = None
    domains: tuple[Domain, ...] = ()
    drains: tuple[Drain, ...] = ()
    features: frozenset[str] = frozenset()
    """The names of the features that are on."""
    formation: Mapping[str, Dynos] = field(default_factory=dict)
    releases: tuple[Release, ...] = ()
    """The latest releases, the newest first."""
    webhooks: tuple[Webhook, ...] = ()
    unread: Mapping[Part, str] = field(default_factory=dict)
    """Each part that the API key may not read -> Heroku's reason."""

    @property
    def release(self) -> Release | None:
        """Return the current release; None if the app has none, or it is not among the latest."""
        return next((each for each in self.releases if each.is_current), None)

    @property
    def own_addons(self) -> tuple[Addon, ...]:
        """Return the add-ons that are billed to the app."""
        return tuple(each for each in self.addons if each.plan)

    @property
    def databases(self) -> tuple[Addon, ...]:
        """Return the app's own Heroku Postgres databases."""
        return tuple(each for each in self.addons if each.is_database)

    @property
    def live_database(self) -> Addon | None:
        """Return the database that DATABASE_URL points at."""
        return next((each for each in self.addons if LIVE in each.attachments), None)

    @property
    def own_config_vars(self) -> dict[str, str]:
        """Return the config vars that no add-on sets."""
        of_addons = {name for addon in self.addons for name in addon.config_vars}
        return {name: value for name, value in self.config_vars.items() if name not in of_addons}
