"""Access to personal pipelines, and the errors for users without it."""

from __future__ import annotations

import pytest

from localheroku.auth.rights import PipelineRight
from tests.localheroku.api.test_access import LocalWorkspace, every_choice, join, permit, rows
from tests.localheroku.client import Api

# The permissions on an app in a personal pipeline that allow users other than its owner to use it:
# any access to an app allows reading, https://devcenter.heroku.com/articles/pipeline-ownership-transition,
# and changes that affect its apps need the same permission as a change of the apps.
SEEN, USED, HEARD, OWNED = "view deploy operate manage", "deploy operate", "operate", ""
OF_PERSONS_PIPELINE = {
    "GET /pipelines/{pipeline}": SEEN,
    "GET /pipelines/{pipeline}/pipeline-couplings": SEEN,
    "GET /pipelines/{pipeline}/latest-builds": SEEN,
    "GET /pipelines/{pipeline}/latest-deployments": SEEN,
    "GET /pipelines/{pipeline}/latest-releases": SEEN,
    "GET /pipelines/{pipeline}/pipeline-stack": SEEN,
    "GET /pipelines/{pipeline}/repo": SEEN,
    "GET /pipelines/{pipeline}/repo/branches/{branch}": SEEN,
    "GET /pipelines/{pipeline}/review-apps": SEEN,
    "GET /pipelines/{pipeline}/review-app-config": SEEN,
    "GET /pipelines/{pipeline}/test-runs": SEEN,
    "GET /pipelines/{pipeline}/test-runs/{number}": SEEN,
    "POST /pipelines/{pipeline}/review-app-config": USED,
    "PATCH /pipelines/{pipeline}/review-app-config": USED,
    "DELETE /pipelines/{pipeline}/review-app-config": USED,
    "GET /pipelines/{pipeline}/stage/{stage}/config-vars": USED,
    "PATCH /pipelines/{pipeline}/stage/{stage}/config-vars": USED,
    "POST /pipelines/{pipeline}/webhooks": HEARD,
    "GET /pipelines/{pipeline}/webhooks": HEARD,
    "GET /pipelines/{pipeline}/webhooks/{webhook}": HEARD,
    "PATCH /pipelines/{pipeline}/webhooks/{webhook}": HEARD,
    "DELETE /pipelines/{pipeline}/webhooks/{webhook}": HEARD,
    "GET /pipelines/{pipeline}/webhook-events": HEARD,
    "GET /pipelines/{pipeline}/webhook-events/{event}": HEARD,
    "GET /pipelines/{pipeline}/webhook-deliveries": HEARD,
    "GET /pipelines/{pipeline}/webhook-deliveries/{delivery}": HEARD,
    "PATCH /pipelines/{pipeline}": OWNED,
    "DELETE /pipelines/{pipeline}": OWNED,
}
REVIEWED = {"branch": "main", "pipeline": "own", "source_blob": {"url": "resolve"}}
TESTED = {
    "commit_branch": "main",
    "commit_message": "First",
    "commit_sha": "1f2e3d4c5b",
    "organization": "none",
    "pipeline": "own",
    "source_blob_url": "resolve",
}
COUPLED = {"app": "theirs", "pipeline": "own", "stage": "staging"}
TRANSFERRED = {"pipeline": "own", "new_owner": {"id": "none", "type": "team"}}
# The same for a pipeline in the body; these requests would also fail for users with access.
BY_BODY = [
    (USED, "/review-apps", REVIEWED),
    (USED, "/test-runs", TESTED),
    (OWNED, "/pipeline-transfers", TRANSFERRED),
]

LACKING = (
    "You do not have permission to create and configure apps of the pipeline own. "
    "You need to have the deploy or operate permission on an app in it."
)
OWNERS = (
    "You do not have permission to rename, delete or transfer the pipeline own. "
    "You need to be its owner, ops@acme.example."
)
OUTSIDE = (
    "You do not have permission to rename, delete or transfer the pipeline shop. "
    "You need to have the admin or owner or member role in the team acme."
)


@pytest.fixture
async def persons_pipeline(api: Api) -> LocalWorkspace:
    """Create a personal pipeline with an app of the team in it."""
    app = await api.team_app()
    pipeline = await api.post("/pipelines", {"name": "own"})
    coupling = {"app": app["id"], "pipeline": pipeline["id"], "stage": "staging"}
    await api.post("/pipeline-couplings", coupling)
    await api.patch("/pipelines/own/stage/test/config-vars", {"SECRET": "1"})
    return LocalWorkspace(api.heroku.platform, {"app": app["id"], "pipeline": pipeline["id"]})


async def test_each_permission_allows_its_endpoints_of_a_personal_pipeline(
    api: Api, persons_pipeline: LocalWorkspace
) -> None:
    for held in every_choice():
        await permit(api, f"{'-'.join(held)}@acme.example", *held)
    kinds = {row.name: row for row, _ in rows(PipelineRight)}
    wrong = [
        (name, held)
        for name, needed in OF_PERSONS_PIPELINE.items()
        for held in every_choice()
        if (persons_pipeline.refusal(kinds[name], f"{'-'.join(held)}@acme.example") is None)
        != bool({*held} & {*needed.split()})
    ]

    assert wrong == []
    assert kinds.keys() == OF_PERSONS_PIPELINE.keys()
    assert {persons_pipeline.refusal(row, "ops@acme.example") for row in kinds.values()} == {None}
    stranger = "stranger@other.example"
    assert {persons_pipeline.refusal(row, stranger) for row in kinds.values()} == {"not_found"}


async def test_a_personal_pipeline_in_the_body_allows_no_more(
    api: Api, persons_pipeline: LocalWorkspace
) -> None:
    for held in every_choice():
        person = await permit(api, f"{'-'.join(held)}@acme.example", *held)
        for needed, path, body in BY_BODY:
            status, _, _ = await person.refusal("POST", path, body)
            assert (status != 403) == bool({*held} & {*needed.split()}), (path, held)
    stranger = api.of("stranger@other.example")
    await stranger.app("theirs")
    for _, path, body in [*BY_BODY, (USED, "/pipeline-couplings", COUPLED)]:
        message = "Couldn't find that pipeline."
        assert await stranger.refusal("POST", path, body) == (404, "not_found", message)


async def test_a_viewer_of_an_app_can_only_view_its_personal_pipeline(
    api: Api, persons_pipeline: LocalWorkspace
) -> None:
    viewer = await permit(api, "viewer@acme.example", "view")
    deployer = await permit(api, "deployer@acme.example", "deploy")

    assert (await viewer.get("/pipelines/own"))["name"] == "own"
    owned = (403, "forbidden", OWNERS)
    used = (403, "forbidden", LACKING)
    assert await viewer.refusal("PATCH", "/pipelines/own", {"name": "mine"}) == owned
    assert await viewer.refusal("DELETE", "/pipelines/own") == owned
    variables = "/pipelines/own/stage/test/config-vars"
    assert await viewer.refusal("GET", variables) == used
    assert await viewer.refusal("PATCH", variables, {"SECRET": "2"}) == used
    await viewer.app("theirs")
    assert await viewer.refusal("POST", "/pipeline-couplings", COUPLED) == used
    assert await deployer.get(variables) == {"SECRET": "1"}
    assert await deployer.refusal("DELETE", "/pipelines/own") == owned


async def test_a_collaborator_of_a_personal_app_uses_its_pipeline_without_owning_it(
    api: Api,
) -> None:
    app, pipeline = await api.app(), await api.post("/pipelines", {"name": "own"})
    coupling = {"app": app["id"], "pipeline": pipeline["id"], "stage": "staging"}
    await api.post("/pipeline-couplings", coupling)
    await api.post("/apps/shop/collaborators", {"user": "dev@acme.example"})
    dev = api.of("dev@acme.example")

    await dev.patch("/pipelines/own/stage/review/config-vars", {"A": "1"})
    assert (await dev.refusal("PATCH", "/pipelines/own", {"name": "mine"}))[0] == 403


async def test_the_error_names_the_role_that_manages_a_team_s_pipeline(
    api: Api,
) -> None:
    team = await api.get("/teams/acme")
    await api.post("/pipelines", {"name": "shop", "owner": {"id": team["id"], "type": "team"}})
    viewer = await join(api, "viewer@acme.example", "viewer")

    assert await viewer.refusal("DELETE", "/pipelines/shop") == (403, "forbidden", OUTSIDE)
