"""Faults that affect Git."""

from __future__ import annotations

import pytest

from tests.localheroku.client import Api
from tests.localheroku.control.control_client import ControlClient
from tests.localheroku.git.conftest import Project

PUSH = "POST /{app}.git/git-receive-pack"


@pytest.fixture
def local(api: Api) -> ControlClient:
    return ControlClient(api)


async def refs(project: Project, *, fails: bool = False) -> str:
    return await project.git("ls-remote", "heroku", fails=fails)


async def pushed(api: Api, project: Project) -> str:
    await api.app()
    commit = await project.commit(Procfile="web: serve")
    await project.push("heroku", "main")
    return commit


@pytest.mark.parametrize(
    "fit",
    [
        {"app": "shop"},
        {"path": "/shop.git/*"},
        {"route": "get /{app}.git/info/refs"},
        {"client": "git"},
    ],
)
async def test_matching_faults_affect_git(
    api: Api, project: Project, local: ControlClient, fit: dict[str, str]
) -> None:
    await api.app()
    await local.fault("error", **fit)

    assert "500" in await refs(project, fails=True)


async def test_faults_of_another_app_do_not_affect_git(
    api: Api, project: Project, local: ControlClient
) -> None:
    await api.app()
    await api.app("other")
    await local.fault("error", app="other")

    await refs(project)


async def test_git_does_not_find_a_new_app_yet(
    api: Api, project: Project, local: ControlClient
) -> None:
    await local.fault("unseen", route="POST /apps")
    await api.app()

    assert "not found" in await refs(project, fails=True)
    await refs(project)


@pytest.mark.parametrize("kind", ["truncate", "reset-after"])
async def test_the_references_break_off(
    api: Api, project: Project, local: ControlClient, kind: str
) -> None:
    commit = await pushed(api, project)
    fault = await local.fault(kind, path="/shop.git/*")

    assert commit not in await refs(project, fails=True)

    await local.delete(f"/faults/{fault['id']}")
    assert commit in await refs(project)


@pytest.mark.parametrize("kind", ["truncate", "reset-after"])
async def test_a_push_whose_answer_is_lost_is_released(
    api: Api, project: Project, local: ControlClient, kind: str
) -> None:
    await api.app()
    commit = await project.commit(Procfile="web: serve")
    await local.fault(kind, route=PUSH)

    output = await project.push("heroku", "main", fails=True)

    assert not any("new branch" in line for line in output)
    await local.clear()
    (build,) = await api.get("/apps/shop/builds")
    assert (build["status"], build["source_blob"]["version"]) == ("succeeded", commit)
    assert commit in await refs(project)
