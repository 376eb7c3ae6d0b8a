"""Repositories on this machine that take the place of a pipeline's repository on GitHub."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.localheroku.api.test_review_apps import ENABLE, reaches
from tests.localheroku.client import Api
from tests.localheroku.control.control_client import ControlClient

GIT = ("git", "-c", "user.name=dev", "-c", "user.email=dev@acme.example")


def git(folder: Path, *words: str) -> str:
    done = subprocess.run((*GIT, *words), cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Create a repository with a branch `feature/login`."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--initial-branch=main")
    (folder / "Procfile").write_text("web: serve\n")
    git(folder, "add", "Procfile")
    git(folder, "commit", "--message=Serve")
    git(folder, "branch", "feature/login")
    return folder


async def connect(api: Api, repository: Path) -> None:
    await api.post("/pipelines", {"name": "acme"})
    body = {"pipeline": "acme", "full_name": "acme/shop", "path": str(repository)}
    await ControlClient(api).post("/repositories", body)


async def test_a_repository_needs_git(
    api: Api, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await connect(api, repository)

    monkeypatch.setenv("PATH", str(tmp_path))

    refused = await api.refusal("GET", "/pipelines/acme/repo/branches/feature%2Flogin")
    assert refused[:2] == (503, "service_unavailable")
    assert "install git" in refused[2]


async def test_a_pipeline_shows_its_repository_and_branches(api: Api, repository: Path) -> None:
    await connect(api, repository)

    assert (await api.get("/pipelines/acme/repo"))["full_name"] == "acme/shop"
    branch = await api.get("/pipelines/acme/repo/branches/feature%2Flogin")
    assert branch["commit"]["sha"] == git(repository, "rev-parse", "feature/login")
    for other in ("none", "--help", "main%5E%7Btree%7D"):
        refused = await api.refusal("GET", f"/pipelines/acme/repo/branches/{other}")
        assert refused[:2] == (404, "not_found")


async def test_a_review_app_is_created_from_a_branch(api: Api, repository: Path) -> None:
    await connect(api, repository)
    await api.post("/pipelines/acme/review-app-config", ENABLE)
    body = {"pipeline": "acme", "source_blob": {"url": "resolve", "version": None}}

    made = await api.post("/review-apps", {**body, "branch": "feature/login"})
    missing = await api.post("/review-apps", {**body, "branch": "none"})

    created = await reaches(api, made, "created")
    (build,) = await api.get(f"/apps/{created['app']['id']}/builds")
    assert build["source_blob"]["version"] == git(repository, "rev-parse", "main")
    errored = await reaches(api, missing, "errored")
    assert errored["message"] == "Couldn't find that branch."


async def test_a_replacement_in_the_repository_is_not_built(api: Api, repository: Path) -> None:
    """GitHub, where Heroku's repository is, does not use replacement objects."""
    await connect(api, repository)
    await api.post("/pipelines/acme/review-app-config", ENABLE)
    (repository / "other").write_text("web: replaced\n")
    other = git(repository, "hash-object", "-w", "other")
    git(repository, "replace", "--force", git(repository, "rev-parse", "main:Procfile"), other)
    body = {
        "pipeline": "acme",
        "branch": "main",
        "source_blob": {"url": "resolve", "version": None},
    }

    created = await reaches(api, await api.post("/review-apps", body), "created")

    (build,) = await api.get(f"/apps/{created['app']['id']}/builds")
    slug = await api.get(f"/apps/{created['app']['id']}/slugs/{build['slug']['id']}")
    assert slug["process_types"] == {"web": "serve"}


async def test_a_pipeline_without_a_repository_says_so(api: Api) -> None:
    await api.post("/pipelines", {"name": "acme"})

    assert (await api.get("/pipelines/acme/repo"))["full_name"] is None
    branch = await api.refusal("GET", "/pipelines/acme/repo/branches/main")
    assert branch[:2] == (404, "not_found")
    config = "/pipelines/acme/review-app-config"
    status, _, message = await api.refusal("POST", config, {"repo": None})
    assert (status, message.partition(".")[0]) == (
        422,
        "Pipeline acme is not connected to a repository",
    )
    assert (await api.refusal("POST", config, {}))[0] == 422


async def test_a_repository_is_a_folder_of_git(api: Api, tmp_path: Path) -> None:
    await api.post("/pipelines", {"name": "acme"})
    client = ControlClient(api)

    for name, path in (("shop", str(tmp_path)), ("acme/shop", "."), ("acme/shop", str(tmp_path))):
        body = {"pipeline": "acme", "full_name": name, "path": path}
        assert (await client.refusal("POST", "/repositories", body))[0] == 422
