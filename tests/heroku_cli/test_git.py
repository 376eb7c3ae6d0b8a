"""`heroku git:remote`, and Git with the remote that it adds."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

from dynostack.local.workspace import LocalWorkspace
from localheroku.core import certificate
from tests.heroku_cli.heroku import Heroku
from tests.localheroku.client import Api


async def test_a_push_to_the_remote_of_git_remote_works(api: Api, heroku: Heroku) -> None:
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


async def test_a_push_works_behind_a_company_s_proxy(
    api: Api, world: LocalWorkspace, heroku: Heroku, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git trusts the certificate of the company's proxy for all hosts."""
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
    """Run Git in the CLI's environment and return its output, including errors."""
    process = await asyncio.create_subprocess_exec(
        "git", *words, cwd=heroku.folder, env=heroku.environment, stdout=PIPE, stderr=STDOUT
    )
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, output.decode()
    return output.decode()
