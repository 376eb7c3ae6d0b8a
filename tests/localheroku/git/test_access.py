"""Who may push to an app and clone it."""

from __future__ import annotations

from pathlib import Path

import pytest

from localheroku.core.errors import GitMissingError
from tests.localheroku.client import Api
from tests.localheroku.git.conftest import Project

DEV = "dev@acme.example"


@pytest.fixture
def key(api: Api) -> str:
    """Return a key of another account."""
    return api.of(DEV).key


async def test_a_key_is_needed_and_must_be_right(api: Api, project: Project) -> None:
    await api.app()
    await project.commit(Procfile="web: serve")

    project.give_key("wrong")
    output = await project.push("heroku", "main", fails=True)
    assert output == [
        "!\tInvalid credentials provided.",
        f"fatal: Authentication failed for '{api.url}/shop.git/'",
    ]

    async with api.session.get(f"{api.url}/shop.git/info/refs?service=git-upload-pack") as request:
        assert request.status == 401
        assert request.headers["WWW-Authenticate"] == 'Basic realm="Heroku"'


async def test_an_unknown_app(api: Api, project: Project) -> None:
    await project.commit(Procfile="web: serve")

    output = await project.push("heroku", "main", fails=True)

    assert output == [
        "!\tCouldn't find that app.",
        f"fatal: repository '{api.url}/shop.git/' not found",
    ]
    assert await api.get("/apps") == []


async def test_without_git_the_local_heroku_reports_it(
    api: Api, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.app()
    await project.commit(Procfile="web: serve")

    with monkeypatch.context() as server:
        server.setenv("PATH", str(tmp_path))
        output = await project.push("heroku", "main", fails=True)

    assert output == [
        f"!\t{GitMissingError()}",
        f"fatal: unable to access '{api.url}/shop.git/': The requested URL returned error: 503",
    ]
    await project.push("heroku", "main")


async def test_a_key_that_only_reads_pushes_nothing(api: Api, project: Project) -> None:
    await api.app()
    made = await api.post("/oauth/authorizations", {"description": "ci", "scope": ["read"]})
    await project.commit(Procfile="web: serve")
    project.give_key(made["access_token"]["token"])

    await project.git("fetch", "heroku")
    output = await project.push("heroku", "main", fails=True)

    assert output[0].startswith("!\tThe scope of this key is read.")
    assert await api.get("/apps/shop/builds") == []


async def test_the_app_of_another(api: Api, project: Project, key: str) -> None:
    await api.app()
    await project.commit(Procfile="web: serve")
    project.give_key(key)

    output = await project.push("heroku", "main", fails=True)
    assert output[0] == "!\tYou do not have access to the app shop."
    assert output[1].endswith("The requested URL returned error: 403")

    await api.post("/apps/shop/collaborators", {"user": DEV})
    await project.push("heroku", "main")
    assert (await api.get("/apps/shop/builds"))[0]["user"]["email"] == DEV
    assert (await api.get("/apps/shop/releases"))[-1]["user"]["email"] == DEV


async def test_a_team_gives_the_permission_to_deploy(api: Api, project: Project, key: str) -> None:
    await api.team_app("shop")
    await project.commit(Procfile="web: serve")
    project.give_key(key)
    path = "/teams/apps/shop/collaborators"

    await api.post(path, {"user": DEV, "permissions": ["view", "operate", "manage"]})
    assert "deploy" in (await project.push("heroku", "main", fails=True))[0]
    assert "deploy" in await project.git("ls-remote", "heroku", fails=True)
    await api.patch(f"{path}/{DEV}", {"permissions": ["view", "deploy"]})
    await project.push("heroku", "main")
    assert len(await api.get("/apps/shop/builds")) == 1


async def test_other_git_protocols_are_not_found(api: Api, project: Project) -> None:
    await api.app()

    for path in ("info/refs", "info/refs?service=git-shell", "git-upload-pack"):
        answer = await api.session.get(
            f"{api.url}/shop.git/{path}", headers={"Authorization": f"Bearer {api.key}"}
        )
        assert answer.status == 404
