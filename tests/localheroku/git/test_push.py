"""Pushing with real Git."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import pytest

from localheroku.core.state import Settings
from localheroku.git import repositories
from tests.localheroku.client import Api
from tests.localheroku.git.conftest import Project


async def builds(api: Api) -> list[Any]:
    return list(await api.get("/apps/shop/builds"))


async def versions(api: Api) -> list[tuple[int, str]]:
    return [(r["version"], r["status"]) for r in await api.get("/apps/shop/releases")]


async def test_a_push_builds_and_releases(api: Api, project: Project, settings: Settings) -> None:
    app = await api.app()
    commit = await project.commit(Procfile="web: serve")

    output = await project.push("heroku", "main")

    (build,) = await builds(api)
    assert (build["status"], build["source_blob"]["version"]) == ("succeeded", commit)
    slug = await api.get(f"/apps/shop/slugs/{build['slug']['id']}")
    assert slug["commit"] == commit
    release = (await api.get("/apps/shop/releases"))[-1]
    assert (release["version"], release["description"]) == (2, f"Deploy {commit[:8]}")
    assert output[:4] == [
        "Compressing source files... done.",
        "Building source:",
        "",
        "-----> Building on the Heroku-24 stack",
    ]
    launched = output.index("-----> Launching...")
    assert output[launched + 1 : -1] == [
        "       Released v2",
        f"       {app['web_url']} deployed to Heroku",
        "",
        "Verifying deploy... done.",
        f"To {api.url}/shop.git",
    ]
    assert output[-1].endswith("[new branch]      main -> main")
    assert await project.push("heroku", "main") == ["Everything up-to-date"]

    log = (settings.data / "requests.jsonl").read_text()
    calls = [json.loads(line) for line in log.splitlines()]
    pushed = next(call for call in calls if call["path"].endswith("git-receive-pack"))
    assert pushed["route"] == "POST /{app}.git/git-receive-pack"
    assert (pushed["client"], pushed["status"]) == ("git", 200)


async def test_the_output_comes_while_it_is_built(api: Api, project: Project) -> None:
    await api.app()
    await project.commit(Procfile="web: serve")
    api.backends.builder.gate.clear()
    process = await project.start("push", "heroku", "main")
    assert process.stdout
    await asyncio.wait_for(process.stdout.readuntil(b"remote: build "), 60)
    assert (await builds(api))[0]["status"] == "pending"

    api.backends.builder.gate.set()

    assert b"Verifying deploy... done." in await process.stdout.read()
    assert await process.wait() == 0


async def test_a_failed_build_is_rejected_and_the_last_release_keeps_running(
    api: Api, project: Project
) -> None:
    app = await api.app()
    good = await project.commit(Procfile="web: serve")
    await project.push("heroku", "main")
    running = api.backends.dynos.running[app["id"]]
    await project.git("rm", "--quiet", "Procfile")
    await project.commit()

    output = await project.push("heroku", "main", fails=True)

    rejected = output.index(" !     the source has no Procfile")
    assert output[rejected + 1 : rejected + 7] == [
        "",
        " !     Push failed",
        "Verifying deploy...",
        "",
        "!\tPush rejected to shop.",
        "",
    ]
    assert " ! [remote rejected] main -> main (pre-receive hook declined)" in output
    assert good in await project.git("ls-remote", "heroku", "main")
    assert api.backends.dynos.running[app["id"]] == running
    assert await versions(api) == [(1, "succeeded"), (2, "succeeded")]

    await project.commit(Procfile="web: again")
    await project.push("heroku", "main")
    assert await versions(api) == [(1, "succeeded"), (2, "succeeded"), (3, "succeeded")]


async def test_a_failed_release_command_keeps_the_commit_and_the_last_release(
    api: Api, project: Project
) -> None:
    await api.app()
    commit = await project.commit(Procfile="web: serve\nrelease: exit 3")

    output = await project.push("heroku", "main")

    assert "Waiting for release.... failed." in output
    assert " !     v1 keeps running. The commit was accepted:" in output
    assert await versions(api) == [(1, "succeeded"), (2, "failed")]
    assert commit in await project.git("ls-remote", "heroku", "main")


async def test_only_main_and_master_are_deployed(api: Api, project: Project) -> None:
    await api.app()
    await project.commit(Procfile="web: serve")

    output = await project.push("heroku", "HEAD:refs/heads/topic")
    assert "Pushed to branch other than [main, master], skipping build." in output
    assert await builds(api) == []
    await project.push("heroku", "--delete", "topic")

    await project.push("heroku", "main:master")
    assert [build["status"] for build in await builds(api)] == ["succeeded"]
    output = await project.push("heroku", "--delete", "master", fails=True)
    assert "!\tPush rejected, cannot delete master branch" in output


async def test_two_branches_at_once_are_deployed_if_they_are_equal(
    api: Api, project: Project
) -> None:
    await api.app()
    await project.commit(Procfile="web: serve")
    await project.git("branch", "master")
    await project.commit(Procfile="web: other")

    output = await project.push("heroku", "main", "master", fails=True)
    assert "!\tPush rejected, main and master are different: push one of them" in output
    await project.push("heroku", "main", "main:master")
    assert len(await builds(api)) == 1


async def test_a_tag_is_not_a_commit(api: Api, project: Project) -> None:
    await api.app()
    await project.commit(Procfile="web: serve")
    await project.git("tag", "--annotate", "v1", "--message", "First")

    output = await project.push("heroku", "v1:refs/heads/main", fails=True)
    assert "!\tPush rejected, main must be a commit: for a tag, push <tag>^{commit}" in output
    await project.push("heroku", "v1^{commit}:refs/heads/main")
    assert len(await builds(api)) == 1


async def test_one_push_of_an_app_at_a_time(api: Api, project: Project) -> None:
    await api.app()
    await project.commit(Procfile="web: serve")
    api.backends.builder.gate.clear()
    first = await project.start("push", "heroku", "main")
    assert first.stdout
    await asyncio.wait_for(first.stdout.readuntil(b"remote: build "), 60)

    output = await project.push("heroku", "main:master", fails=True)

    assert "!\tPush rejected, another push to shop is being built: push again later." in output
    api.backends.builder.gate.set()
    await first.communicate()
    assert first.returncode == 0
    assert len(await builds(api)) == 1


async def test_another_history_needs_a_forced_push(api: Api, project: Project) -> None:
    await api.app()
    await project.commit(Procfile="web: serve")
    await project.push("heroku", "main")
    await project.git("commit", "--amend", "--allow-empty", "--message", "Amended")

    assert "[rejected]" in "".join(await project.push("heroku", "main", fails=True))
    await project.push("--force", "heroku", "main")
    assert len(await builds(api)) == 2


async def test_a_large_push_and_a_clone_of_it(api: Api, project: Project) -> None:
    """Check a push of more than a mebibyte, which Git sends in chunks."""
    await api.app()
    noise = random.Random(1).randbytes(1_500_000)
    (project.folder / "noise").write_bytes(noise)
    await project.commit(Procfile="web: serve")
    more = "for n in $(seq 25); do git commit -qm $n --allow-empty; git branch topic-$n; done"
    await project.git("-c", f"alias.more=!{more}", "more")

    await project.push("heroku", "--all")

    for version, scheme in (("0", "http"), ("2", "https")):
        copy = project.folder.with_name(f"copy-{version}")
        remote = f"{api.url}/shop.git".replace("http", scheme)
        await project.git("-c", f"protocol.version={version}", "clone", "-q", remote, str(copy))
        assert (copy / "noise").read_bytes() == noise


@pytest.mark.parametrize("version", ["0", "2"])
async def test_git_compresses_a_long_question(api: Api, project: Project, version: str) -> None:
    await api.app()
    await project.commit(Procfile="web: serve")
    await project.push("heroku", "main")
    copy = str(project.folder.with_name("copy"))
    await project.git("clone", "-q", f"{api.url}/shop.git", copy)
    # Newer than the server's commits, so that Git asks about all of them first.
    dated = "GIT_COMMITTER_DATE=$((2000000000 + n)) git commit -qm $n --allow-empty"
    commits = f"for n in $(seq 60); do {dated}; done"
    await project.git("-C", copy, "-c", f"alias.commits=!{commits}", "commits")
    pushed = await project.commit()
    await project.push("heroku", "main")

    project.environment |= {"GIT_TRACE_CURL": "1", "GIT_TRACE_CURL_NO_DATA": "1"}
    output = await project.git("-C", copy, "-c", f"protocol.version={version}", "fetch")

    del project.environment["GIT_TRACE_CURL"]
    assert "=> send header: content-encoding: gzip" in output.lower()
    assert await project.git("-C", copy, "rev-parse", "origin/main") == pushed


async def test_a_submodule_is_named(api: Api, project: Project) -> None:
    await api.app()
    commit = await project.commit(Procfile="web: serve")
    await project.git("update-index", "--add", "--cacheinfo", f"160000,{commit},vendor/theirs")
    await project.git("commit", "--message", "With another")

    output = await project.push("heroku", "main")

    words = "Heroku fetches it, the local Heroku does not"
    assert output[0] == f" !     vendor/theirs is a submodule: {words}"


async def test_a_single_folder_in_the_repository_is_not_an_app(api: Api, project: Project) -> None:
    """Check that a repository has no single top folder, unlike an uploaded archive."""
    await api.app()
    (project.folder / "inner").mkdir()
    (project.folder / "inner" / "Procfile").write_text("web: serve")
    await project.commit()

    output = await project.push("heroku", "main", fails=True)
    assert " !     the source has no Procfile" in output


async def test_a_push_that_is_too_large(
    api: Api, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(repositories.SETTINGS, "receive.maxInputSize", "20k")
    await api.app()
    (project.folder / "noise").write_bytes(random.Random(1).randbytes(30_000))
    await project.commit(Procfile="web: serve")

    output = await project.push("heroku", "main", fails=True)

    assert "fatal: pack exceeds maximum allowed size" in output
    assert await builds(api) == []
    assert await project.git("ls-remote", "heroku") == ""
