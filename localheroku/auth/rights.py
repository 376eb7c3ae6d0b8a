"""Rights as data: which permission on an app, or which role in a team, allows an action.

Apps of a team: https://devcenter.heroku.com/articles/app-permissions; where its table is silent,
that page's summary of each permission decides. Personal apps: an owner may do everything, a
collaborator everything that is not `owner_only`,
https://devcenter.heroku.com/articles/collaborating. Teams:
https://devcenter.heroku.com/articles/team-permissions. Pipelines:
https://devcenter.heroku.com/articles/pipeline-ownership-transition: anyone with access to an app in
a pipeline can read the pipeline, and some actions are only for its owner. The page does not list
these actions; here they are the ones that, for an app, are only for the app's owner. Actions on an
app in the pipeline need the right on the app.

`action` becomes part of the error: "You do not have permission to view addon resources on shop."
"""

from __future__ import annotations

from dataclasses import dataclass

PERMISSIONS = ("view", "deploy", "operate", "manage")
DEFAULT_PERMISSIONS = frozenset({"view"})
"""The permissions that a member of a team has on its apps."""
ROLES = ("admin", "collaborator", "member", "owner", "viewer")


@dataclass(frozen=True)
class AppRight:
    """A right that any one of `permissions` gives; `looks` marks a read-only right.

    A `secret` right also needs an API key with a protected scope.
    """

    action: str
    permissions: tuple[str, ...]
    looks: bool = False
    owner_only: bool = False
    secret: bool = False


@dataclass(frozen=True)
class TeamRight:
    """A right that any one of `roles` gives; `secret` as in AppRight."""

    action: str
    roles: tuple[str, ...]
    secret: bool = False


@dataclass(frozen=True)
class PipelineRight:
    """A right of the pipeline's owner; in a team's pipeline any one of `roles` gives it.

    In a person's pipeline any one of `permissions` on one of its apps gives it, too. Everyone who
    can see an app of the pipeline has the rights with `looks`, also in a team's pipeline.
    """

    action: str
    roles: tuple[str, ...]
    permissions: tuple[str, ...] = ()
    looks: bool = False


@dataclass(frozen=True)
class KeyRight:
    """A right of everyone with a key; the endpoint itself finds only the caller's resources."""


@dataclass(frozen=True)
class PublicRight:
    """A right of everyone, without a key."""


Right = AppRight | TeamRight | PipelineRight | KeyRight | PublicRight

KEY = KeyRight()
PUBLIC = PublicRight()

# Anyone who may do anything to an app may see it.
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
# A drain's address contains the password for its service.
VIEW_DRAINS = AppRight("view log drains of", ("operate",), looks=True, secret=True)
EDIT_DRAINS = AppRight("add or remove log drains of", ("operate",), secret=True)

# Heroku's table lacks these: buildpacks belong to the code, routing and metrics to the dynos.
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
# A connection shows the keys of its tunnels.
VIEW_TUNNELS = TeamRight("view spaces of", INSIDERS, secret=True)
MANAGE_TUNNELS = TeamRight("manage spaces of", ADMINS, secret=True)
VIEW_BILLING = TeamRight("view invoices of", ADMINS)

VIEW_PIPELINE = PipelineRight("view", INSIDERS, looks=True)
MANAGE_PIPELINE = PipelineRight("rename, delete or transfer", MEMBERS)
USE_PIPELINE = PipelineRight("create and configure apps of", MEMBERS, ("deploy", "operate"))
CONFIGURE_PIPELINE = PipelineRight("configure", MEMBERS, ("operate",))
