"""What one may do, as data: which permission on an app, or which role in a team, lets one do it.

Apps of a team: https://devcenter.heroku.com/articles/app-permissions, where the page leaves it open
as that page's summary of each permission has it.  Personal apps: an owner may do everything, a
collaborator what is not `owner_only`, https://devcenter.heroku.com/articles/collaborating.
Teams: https://devcenter.heroku.com/articles/team-permissions.
Pipelines: https://devcenter.heroku.com/articles/pipeline-ownership-transition, whoever has access
to an app in one reads it, some of the rest is the owner's.  The page leaves open what: here that is
what the owner of an app keeps to himself; what concerns the apps goes as it does on them.

`action` goes into the refusal: "You do not have permission to view addon resources on shop."
"""

from __future__ import annotations

from dataclasses import dataclass

PERMISSIONS = ("view", "deploy", "operate", "manage")
DEFAULT_PERMISSIONS = frozenset({"view"})
"""What a member of a team has on its apps."""
ROLES = ("admin", "collaborator", "member", "owner", "viewer")


@dataclass(frozen=True)
class AppRight:
    """Any one of `permissions` will do; a right that only `looks` changes nothing.

    What is `secret` is kept from keys whose scope is not protected.
    """

    action: str
    permissions: tuple[str, ...]
    looks: bool = False
    owner_only: bool = False
    secret: bool = False


@dataclass(frozen=True)
class TeamRight:
    """Any one of `roles` will do; what is `secret` is as with AppRight."""

    action: str
    roles: tuple[str, ...]
    secret: bool = False


@dataclass(frozen=True)
class PipelineRight:
    """Its owner has it, in a team any one of `roles`.

    In a person's pipeline any one of `permissions` on an app of it will do; one that only `looks`
    has whoever sees an app of the pipeline, a team's too.
    """

    action: str
    roles: tuple[str, ...]
    permissions: tuple[str, ...] = ()
    looks: bool = False


@dataclass(frozen=True)
class KeyRight:
    """Whoever has a key: the endpoint itself looks only among what is the caller's."""


@dataclass(frozen=True)
class PublicRight:
    """Everybody, without a key."""


Right = AppRight | TeamRight | PipelineRight | KeyRight | PublicRight

KEY = KeyRight()
PUBLIC = PublicRight()

# Whoever may do anything to an app may see it.
VIEW = AppRight("view", PERMISSIONS, looks=True)
RENAME = AppRight("rename", ("manage",), owner_only=True)
DELETE = AppRight("delete", ("manage",), owner_only=True)
TRANSFER = AppRight("transfer", ("manage",), owner_only=True)
LOCK = AppRight("lock or unlock", ("manage",))
LEAVE = AppRight("leave", PERMISSIONS)
SHARE = AppRight("manage access to", ("manage",))

PULL = AppRight("view the code of", ("deploy",), looks=True)
PUSH = AppRight("push code to", ("deploy",))
ROLL_BACK = AppRight("roll back", ("deploy", "operate"))
VIEW_CONFIG = AppRight("view config vars of", ("deploy", "operate"), looks=True, secret=True)
EDIT_CONFIG = AppRight("edit config vars of", ("deploy", "operate"), secret=True)

# https://github.com/g5search/devops-access/issues/105 and
# https://github.com/heroku/legacy-cli/issues/599 show Heroku's words.
VIEW_ADDONS = AppRight("view addon resources on", ("deploy", "operate"), looks=True)
PROVISION = AppRight("provision resources for", ("deploy", "operate"))
PROVISION_PAID = AppRight("provision paid resources for", ("operate",), owner_only=True)

VIEW_DATA = AppRight("view the data of", ("deploy", "operate"), looks=True, secret=True)
CHANGE_DATA = AppRight("manage the databases of", ("deploy", "operate"))

RUN = AppRight("run one-off dynos on", ("deploy", "operate"))
SCALE = AppRight("scale", ("operate",))
RESTART = AppRight("restart", ("operate",))
MIGRATE = AppRight("change the stack of", ("operate",))
MAINTAIN = AppRight("change the maintenance mode of", ("operate",))
VIEW_LOGS = AppRight("view logs of", ("operate",), looks=True)
# A drain's address holds the password to what it leads to.
VIEW_DRAINS = AppRight("view log drains of", ("operate",), looks=True, secret=True)
EDIT_DRAINS = AppRight("add or remove log drains of", ("operate",), secret=True)

# Not in the table: buildpacks go with the code, how the app is reached and observed with its dynos.
EDIT_BUILDPACKS = AppRight("change the buildpacks of", ("deploy", "operate"))
CONFIGURE = AppRight("configure", ("operate",))
COUPLE = AppRight("change the pipeline of", ("deploy", "operate"))

ADMINS = ("admin", "owner")
MEMBERS = (*ADMINS, "member")
INSIDERS = (*MEMBERS, "viewer")

VIEW_TEAM = TeamRight("view", ROLES)
MANAGE_TEAM = TeamRight("change", ADMINS)
VIEW_MEMBERS = TeamRight("view members of", INSIDERS)
MANAGE_MEMBERS = TeamRight("manage members of", ADMINS)
CREATE_APPS = TeamRight("create apps in", MEMBERS)
CREATE_PIPELINES = TeamRight("create pipelines in", MEMBERS)
VIEW_SPACES = TeamRight("view spaces of", INSIDERS)
MANAGE_SPACES = TeamRight("manage spaces of", ADMINS)
# The keys of its tunnels are shown with a connection.
VIEW_TUNNELS = TeamRight("view spaces of", INSIDERS, secret=True)
MANAGE_TUNNELS = TeamRight("manage spaces of", ADMINS, secret=True)
VIEW_BILLING = TeamRight("view invoices of", ADMINS)

VIEW_PIPELINE = PipelineRight("view", INSIDERS, looks=True)
MANAGE_PIPELINE = PipelineRight("rename, delete or transfer", MEMBERS)
USE_PIPELINE = PipelineRight("make and configure apps of", MEMBERS, ("deploy", "operate"))
CONFIGURE_PIPELINE = PipelineRight("configure", MEMBERS, ("operate",))
