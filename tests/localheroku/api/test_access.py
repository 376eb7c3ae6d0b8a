"""The access of every permission and every role to every endpoint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeVar

import pytest

from localheroku.api import endpoints
from localheroku.api.account import models as accounts
from localheroku.api.endpoint import Endpoint
from localheroku.auth import authorization, current_account, rights
from localheroku.auth.rights import PERMISSIONS, ROLES, AppRight, PipelineRight, TeamRight
from localheroku.core.errors import ApiError
from localheroku.platform import Platform
from tests.localheroku.client import Api

R = TypeVar("R")

# The actions of the API in https://devcenter.heroku.com/articles/app-permissions
DEV_CENTER = {
    "GET /apps/{app}": "view deploy operate manage",
    "GET /apps/{app}/collaborators": "view deploy operate manage",
    "GET /apps/{app}/dynos": "view deploy operate manage",
    "GET /apps/{app}/formation": "view deploy operate manage",
    "GET /apps/{app}/releases": "view deploy operate manage",
    "GET /apps/{app}/builds": "view deploy operate manage",
    "DELETE /apps/{app}": "manage",
    "POST /apps/{app}/collaborators": "manage",
    "PATCH /teams/apps/{app}/collaborators/{collaborator}": "manage",
    "PATCH /teams/apps/{app}": "manage",
    "POST /apps/{app}/builds": "deploy",
    "GET /apps/{app}/config-vars": "deploy operate",
    "PATCH /apps/{app}/config-vars": "deploy operate",
    "GET /apps/{app}/addons": "deploy operate",
    "POST /apps/{app}/addons": "deploy operate",
    "POST /apps/{app}/releases": "deploy operate",
    "POST /apps/{app}/log-drains": "operate",
    "POST /apps/{app}/log-sessions": "operate",
    "DELETE /apps/{app}/dynos": "operate",
    "PATCH /apps/{app}/formation": "operate",
}

LACKING = (
    "You do not have permission to {words} team-shop. "
    "You need to have the {wanted} permission on this app."
)
OWNERS = (
    "You do not have permission to {words} shop. Only the app owner, ops@acme.example, can do that."
)
OUTSIDE = (
    "You do not have permission to {words} acme. You need to have the {wanted} role in this team."
)


@dataclass(frozen=True)
class LocalWorkspace:
    """A team's app, with one resource for each name in the endpoints' paths."""

    platform: Platform
    path: Mapping[str, str]

    def refusal(self, endpoint: Endpoint, email: str) -> str | None:
        """Return the id of the error that the person gets from the endpoint; None if allowed."""
        path = {name: self.path[name] for name in self.path if f"{{{name}}}" in endpoint.name}
        body = {name: self.path[name] for name in self.path if name in (endpoint.takes or ())}
        with current_account.calling(accounts.known(self.platform, email)):
            try:
                authorization.check(self.platform, endpoint.needs, path, body)
            except ApiError as error:
                return error.id
        return None


@pytest.fixture
async def world(api: Api) -> LocalWorkspace:
    app = await api.team_app()
    addon = await api.addon("memcachier:dev", "team-shop")
    (attachment,) = await api.get("/apps/team-shop/addon-attachments")
    team = await api.get("/teams/acme")
    owner = {"id": team["id"], "type": "team"}
    pipeline = await api.post("/pipelines", {"name": "shop", "owner": owner})
    coupling = await api.post(
        "/pipeline-couplings", {"app": app["id"], "pipeline": pipeline["id"], "stage": "staging"}
    )
    space = await api.post("/spaces", {"name": "shop", "team": "acme"})
    named = {
        "app": app,
        "addon": addon,
        "attachment": attachment,
        "team": team,
        "pipeline": pipeline,
        "coupling": coupling,
        "space": space,
    }
    return LocalWorkspace(api.heroku.platform, {name: thing["id"] for name, thing in named.items()})


def rows(kind: type[R]) -> list[tuple[Endpoint, R]]:
    return [(row, row.needs) for row in endpoints() if isinstance(row.needs, kind)]


def every_choice(permissions: Iterable[str] = PERMISSIONS) -> Iterator[tuple[str, ...]]:
    names = tuple(permissions)
    for size in range(1, len(names) + 1):
        yield from combinations(names, size)


async def join(api: Api, email: str, role: str) -> Api:
    await api.put("/teams/acme/members", {"email": email, "role": role})
    return api.of(email)


async def permit(api: Api, email: str, *permissions: str, app: str = "team-shop") -> Api:
    await api.post(
        f"/teams/apps/{app}/collaborators", {"user": email, "permissions": list(permissions)}
    )
    return api.of(email)


def test_permissions_are_those_of_dev_center() -> None:
    needed = {row.name: " ".join(needs.permissions) for row, needs in rows(AppRight)}

    assert {name: needed[name] for name in DEV_CENTER} == DEV_CENTER


async def test_each_permission_on_a_team_s_app_allows_its_endpoints(
    api: Api, world: LocalWorkspace
) -> None:
    for held in every_choice():
        await permit(api, f"{'-'.join(held)}@acme.example", *held)
    wrong = [
        (row.name, held)
        for row, needs in rows(AppRight)
        for held in every_choice()
        if (world.refusal(row, f"{'-'.join(held)}@acme.example") is None)
        != bool({*held} & {*needs.permissions})
    ]

    assert wrong == []


async def test_each_role_in_a_team_allows_its_endpoints(api: Api, world: LocalWorkspace) -> None:
    for role in ROLES:
        await join(api, f"{role}@acme.example", role)
    kinds: list[tuple[Endpoint, TeamRight | PipelineRight]] = [
        *rows(TeamRight),
        *rows(PipelineRight),
    ]
    wrong = [
        (row.name, role)
        for row, needs in kinds
        for role in ROLES
        if (world.refusal(row, f"{role}@acme.example") is None) != (role in needs.roles)
    ]

    assert wrong == []


async def test_a_stranger_has_no_access(api: Api, world: LocalWorkspace) -> None:
    kinds = [row for row, _ in (*rows(AppRight), *rows(TeamRight), *rows(PipelineRight))]

    refused = {world.refusal(row, "stranger@other.example") for row in kinds}

    assert refused == {"forbidden", "not_found"}


async def test_admins_may_do_everything(api: Api, world: LocalWorkspace) -> None:
    kinds = [row for row, _ in (*rows(AppRight), *rows(TeamRight), *rows(PipelineRight))]
    for role in rights.ADMINS:
        await join(api, f"{role}@acme.example", role)

        assert {world.refusal(row, f"{role}@acme.example") for row in kinds} == {None}


async def test_endpoints_refuse_over_http(api: Api) -> None:
    """Call each endpoint of an app with every permission except those that it needs."""
    await api.team_app()
    people = {
        held: await permit(api, f"{'-'.join(held)}@a.example", *held) for held in every_choice()
    }
    stranger = api.of("stranger@other.example")
    for row, needs in rows(AppRight):
        method, _, path = row.name.partition(" ")
        if "{app}" not in path:
            continue
        path = path.replace("{app}", "team-shop").replace("{", "").replace("}", "")
        assert await stranger.refusal(method, path) == (
            403,
            "forbidden",
            "You do not have access to the app team-shop.",
        )
        lacking = tuple(name for name in PERMISSIONS if name not in needs.permissions)
        if lacking:
            expected = " or ".join(needs.permissions)
            assert await people[lacking].refusal(method, path) == (
                403,
                "forbidden",
                LACKING.format(words=needs.action, wanted=expected),
            )


async def test_lists_do_not_show_resources_of_others(api: Api, world: LocalWorkspace) -> None:
    stranger = api.of("stranger@other.example")
    for path in (
        "/apps",
        "/users/~/apps",
        "/addons",
        "/users/~/addons",
        "/addon-attachments",
        "/pipelines",
        "/pipeline-couplings",
        "/users/~/pipeline-couplings",
        "/spaces",
        "/teams",
        "/oauth/authorizations",
    ):
        details: Any = await stranger.get(path)
        assert [
            one for one in details if one.get("user", {}).get("email") != "stranger@other.example"
        ] == []


async def test_strangers_do_not_find_resources_of_an_app(api: Api, world: LocalWorkspace) -> None:
    stranger = api.of("stranger@other.example")
    for path, body in (
        ("GET /addons/{addon}", None),
        ("GET /addons/{addon}/addon-attachments", None),
        ("GET /addon-attachments/{attachment}", None),
        ("DELETE /addon-attachments/{attachment}", None),
        ("GET /pipeline-couplings/{coupling}", None),
        ("GET /pipelines/{pipeline}", None),
        ("POST /actions/addons/resolve", {"addon": world.path["addon"]}),
        ("POST /actions/addon-attachments/resolve", {"addon_attachment": "MEMCACHIER"}),
    ):
        method, _, address = path.format(**world.path).partition(" ")
        assert (await stranger.refusal(method, address, body))[:2] == (404, "not_found"), path


async def test_deploy_allows_pushes_and_no_changes_of_a_database_plan(api: Api) -> None:
    await api.team_app()
    database = await api.addon("heroku-postgresql:essential-0", "team-shop")
    dev = await permit(api, "dev@acme.example", "view", "deploy")
    url = await dev.upload("web: serve\n")

    build = await dev.post("/apps/team-shop/builds", {"source_blob": {"url": url}})
    build = await dev.settled(f"/apps/team-shop/builds/{build['id']}")
    assert build["status"] == "succeeded"
    await dev.patch("/apps/team-shop/config-vars", {"A": "1"})
    await dev.post("/apps/team-shop/releases", {"release": build["release"]["id"]})
    free = await dev.addon("memcachier:dev", "team-shop")
    await dev.delete(f"/apps/team-shop/addons/{free['name']}")

    paid = (
        403,
        "forbidden",
        LACKING.format(words="provision paid resources for", wanted="operate"),
    )
    path = f"/apps/team-shop/addons/{database['name']}"
    assert await dev.refusal("PATCH", path, {"plan": "heroku-postgresql:essential-1"}) == paid
    assert await dev.refusal("DELETE", path) == paid
    body = {"plan": "heroku-postgresql:essential-0"}
    assert await dev.refusal("POST", "/apps/team-shop/addons", body) == paid
    scale = {"updates": [{"type": "web", "quantity": 2}]}
    assert (await dev.refusal("PATCH", "/apps/team-shop/formation", scale))[0] == 403


async def test_operate_allows_changes_of_plans_and_no_pushes(api: Api) -> None:
    await api.team_app()
    database = await api.addon("heroku-postgresql:essential-0", "team-shop")
    operator = await permit(api, "operator@acme.example", "view", "operate")

    path = f"/apps/team-shop/addons/{database['name']}"
    assert (await operator.patch(path, {"plan": "heroku-postgresql:essential-1"}))["plan"]
    await operator.patch("/apps/team-shop", {"maintenance": True})
    url = await operator.upload("web: serve\n")
    body = {"source_blob": {"url": url}}
    assert (await operator.refusal("POST", "/apps/team-shop/builds", body))[0] == 403
    assert (await operator.refusal("PATCH", "/apps/team-shop", {"name": "mine"}))[2] == (
        LACKING.format(words="rename", wanted="manage")
    )


async def test_a_release_of_a_slug_needs_what_a_push_needs(api: Api) -> None:
    await api.team_app()
    slug = (await api.build("web: serve\n", "team-shop"))["slug"]["id"]
    operator = await permit(api, "operator@acme.example", "operate")

    refused = await operator.refusal("POST", "/apps/team-shop/releases", {"slug": slug})

    assert refused[2].startswith("You do not have permission to push code to team-shop.")


async def test_an_add_on_is_changed_through_its_own_app_only(api: Api) -> None:
    """Users who attached the add-on to an app of their own can only view it."""
    await api.team_app()
    database = await api.addon("heroku-postgresql:essential-0", "team-shop")
    dev = await permit(api, "dev@acme.example", "deploy")
    await dev.app("mine")
    body = {"addon": database["id"], "app": "mine"}
    attachment = await dev.post("/addon-attachments", body)
    await api.delete("/teams/apps/team-shop/collaborators/dev@acme.example")

    assert (await dev.get(f"/addons/{database['id']}"))["id"] == database["id"]
    path = f"/apps/mine/addons/{database['name']}"
    assert (await dev.refusal("DELETE", path))[0] == 403
    await dev.delete(f"/addon-attachments/{attachment['id']}")
    assert (await dev.refusal("POST", "/addon-attachments", body))[:2] == (404, "not_found")


async def test_a_collaborator_of_a_personal_app_can_do_all_but_owner_actions(api: Api) -> None:
    """Compare a collaborator's access with that of the owner.

    https://devcenter.heroku.com/articles/collaborating
    """
    await api.app()
    database = await api.addon("heroku-postgresql:essential-0")
    await api.post("/apps/shop/collaborators", {"user": "dev@acme.example"})
    dev = api.of("dev@acme.example")

    await dev.patch("/apps/shop/config-vars", {"A": "1"})
    await dev.post("/apps/shop/collaborators", {"user": "other@acme.example"})
    await dev.addon("memcachier:dev")
    for method, path, body, words in (
        ("DELETE", "/apps/shop", None, "delete"),
        ("PATCH", "/apps/shop", {"name": "mine"}, "rename"),
        ("DELETE", f"/apps/shop/addons/{database['id']}", None, "provision paid resources for"),
    ):
        assert await dev.refusal(method, path, body) == (
            403,
            "forbidden",
            OWNERS.format(words=words),
        )


async def test_a_collaborator_leaves_and_removes_nobody_else_from_a_team_s_app(api: Api) -> None:
    await api.team_app()
    path = "/teams/apps/team-shop/collaborators"
    dev = await permit(api, "dev@acme.example", "deploy")
    await permit(api, "other@acme.example", "view")

    assert (await dev.refusal("DELETE", f"{path}/other@acme.example"))[0] == 403
    await dev.delete(f"{path}/dev@acme.example")

    assert (await dev.refusal("GET", "/apps/team-shop"))[0] == 403


async def test_members_see_the_team_s_apps_but_not_locked_ones(api: Api) -> None:
    await api.team_app()
    member = await join(api, "member@acme.example", "member")
    assert [app["name"] for app in await member.get("/apps")] == ["team-shop"]
    assert await member.get("/users/~/apps") == []
    assert (await member.refusal("PATCH", "/apps/team-shop/config-vars", {"A": "1"}))[0] == 403

    await api.patch("/teams/apps/team-shop", {"locked": True})

    assert await member.get("/teams/acme/apps") == []
    assert (await member.refusal("GET", "/apps/team-shop"))[0] == 403
    await permit(api, "member@acme.example", "view")
    assert (await member.get("/apps/team-shop"))["name"] == "team-shop"


async def test_a_member_creates_apps_in_the_team_and_a_viewer_cannot(api: Api) -> None:
    member = await join(api, "member@acme.example", "member")
    viewer = await join(api, "viewer@acme.example", "viewer")

    app = await member.team_app("theirs")

    assert app["team"]["name"] == "acme"
    await member.delete("/apps/theirs")
    assert await viewer.refusal("POST", "/teams/apps", {"name": "mine", "team": "acme"}) == (
        403,
        "forbidden",
        OUTSIDE.format(words="create apps in", wanted="admin or owner or member"),
    )
    owner = {"id": (await viewer.get("/teams/acme"))["id"], "type": "team"}
    body = {"name": "pipeline", "owner": owner}
    assert (await viewer.refusal("POST", "/pipelines", body))[0] == 403
    assert await api.get("/pipelines") == []


async def test_background_work_is_done_as_the_caller(api: Api) -> None:
    await api.team_app()
    dev = await permit(api, "dev@acme.example", "deploy")

    build = await dev.build("web: serve\n", "team-shop")

    releases = await api.get("/apps/team-shop/releases")
    by_version = {one["version"]: one["user"]["email"] for one in releases}
    assert build["user"]["email"] == "dev@acme.example"
    assert by_version == {1: "ops@acme.example", 2: "dev@acme.example"}
