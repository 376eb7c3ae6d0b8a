"""`heroku git:remote`, and Git with the remote that it writes."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

from dynostack.local.workspace import LocalWorkspace
from localheroku.core import certificate
from tests.heroku_cli.heroku import Heroku
from tests.localheroku.client import Api


async def test_what_git_remote_writes_can_be_pushed_to(api: Api, heroku: Heroku) -> None:
    await api.app("shop")
    (heroku.folder / "Procfile").write_text("web: serve\n")
    (heroku.folder / ".gitignore").write_text(".dynostack\n")
    await git(heroku, "init", "--quiet", "--initial-branch=main")
    await git(heroku, "add", "--all")
    author = ("-c", "user.name=Dev", "-c", "user.email=dev@acme.example")
    await git(heroku, *author, "commit", "--quiet", "--message", "First")

    written = await heroku("git:remote", "--app", "shop")
    assert written.stdout.startswith("set git remote heroku to https://127.0.0.1:")

    output = await git(heroku, "push", "heroku", "main")
    assert "remote: Verifying deploy... done." in output
    assert "v2" in (await heroku("releases")).stdout, "the remote names the app"

    await git(heroku, "fetch", "heroku")
    await heroku("git:clone", "--app", "shop", "copy")
    assert (heroku.folder / "copy/Procfile").read_text() == "web: serve\n"


async def test_it_can_be_pushed_to_behind_a_company_s_proxy(
    api: Api, world: LocalWorkspace, heroku: Heroku, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where git has been told to trust that proxy's certificate, which it then does for all."""
    company = tmp_path / "company.pem"
    company.write_text(certificate.public(certificate.ensured(tmp_path / "proxy.pem")))
    monkeypatch.setenv("GIT_SSL_CAINFO", str(company))
    await api.app("shop")
    await git(heroku, "init", "--quiet", "--initial-branch=main")
    (heroku.folder / "Procfile").write_text("web: serve\n")
    await git(heroku, "add", "Procfile")
    author = ("-c", "user.name=Dev", "-c", "user.email=dev@acme.example")
    await git(heroku, *author, "commit", "--quiet", "--message", "First")
    await heroku("git:remote", "--app", "shop")

    world.create()
    heroku.environment["GIT_SSL_CAINFO"] = world.variables()["GIT_SSL_CAINFO"]

    output = await git(heroku, "push", "heroku", "main")
    assert "remote: Verifying deploy... done." in output


async def git(heroku: Heroku, *words: str) -> str:
    """What a command says on both streams, run as in the shell that has the CLI."""
    process = await asyncio.create_subprocess_exec(
        "git", *words, cwd=heroku.folder, env=heroku.environment, stdout=PIPE, stderr=STDOUT
    )
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, output.decode()
    return output.decode()
