"""Tests of every type with the local Heroku: create, read, change, import and remove."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientSession

from dynostack.provider.provider import HerokuProvider
from dynostack.provider.resources import SERVED_TYPES
from tests.provider.asking import Asking

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.e2e
DEV = "dev@acme.example"
DECLARED: dict[str, tuple[str, dict[str, Any]]] = {
    "app": ("heroku:app/app:App", {"name": "shop", "region": "eu", "configVars": {"A": "1"}}),
    "team-app": (
        "heroku:app/app:App",
        {
            "name": "team-shop",
            "region": "us",
            "organization": {"name": "acme"},
            "buildpacks": ["heroku/python"],
            "sensitiveConfigVars": {"S": "planted"},
        },
    ),
    "config": (
        "heroku:app/configAssociation:ConfigAssociation",
        {"appId": "@team-app", "vars": {"X": "1", "Y": "2"}, "sensitiveVars": {"Z": "planted"}},
    ),
    "cache": (
        "heroku:addon/addon:Addon",
        {"appId": "@app", "plan": "memcachier:dev", "name": "cache", "config": {"a": "b"}},
    ),
    "shared": (
        "heroku:addon/attachment:Attachment",
        {"appId": "@team-app", "addonId": "@cache", "name": "SHARED"},
    ),
    "person": ("heroku:collaborator/collaborator:Collaborator", {"appId": "@app", "email": DEV}),
    "member": (
        "heroku:team/collaborator:Collaborator",
        {"appId": "@team-app", "email": DEV, "permissions": ["view"]},
    ),
    "feature": ("heroku:app/feature:Feature", {"appId": "@app", "name": "preboot"}),
    "domain": ("heroku:domain/domain:Domain", {"appId": "@app", "hostname": "www.acme.example"}),
    "drain": ("heroku:drain/drain:Drain", {"appId": "@app", "sensitiveUrl": "https://u:p@logs.x"}),
    "pipeline": ("heroku:pipeline/pipeline:Pipeline", {"name": "shop"}),
    "coupling": (
        "heroku:pipeline/coupling:Coupling",
        {"appId": "@app", "pipeline": "@pipeline", "stage": "staging"},
    ),
    "build": ("heroku:build/build:Build", {"appId": "@app", "source": {}}),
    "web": (
        "heroku:formation/formation:Formation",
        {"appId": "@app", "type": "web", "quantity": 1, "size": "standard-1x"},
    ),
}
CHANGED: dict[str, dict[str, Any]] = {
    "app": {"name": "shop-2", "configVars": {"B": "2"}, "stack": "heroku-22"},
    "team-app": {"sensitiveConfigVars": {"S": "planted-2"}, "buildpacks": ["heroku/nodejs"]},
    "config": {"vars": {"Y": "3"}},
    "cache": {"plan": "memcachier:100"},
    "member": {"permissions": ["view", "deploy"]},
    "feature": {"enabled": False},
    "pipeline": {"name": "shop-2"},
    "web": {"quantity": 0},
}
IMPORTED = {
    "app": "shop-2",
    "team-app": "{id}",
    "cache": "{id}",
    "shared": "{id}",
    "person": f"shop-2:{DEV}",
    "member": f"team-shop:{DEV}",
    "feature": "shop-2:preboot",
    "domain": "shop-2:{id}",
    "drain": "shop-2:{id}:sensitive",
    "pipeline": "shop-2",
    "coupling": "{id}",
    "web": "shop-2:web",
}
# These disappear with their app: Heroku has no request to remove them.
OUTLIVING = ("config", "feature", "build", "web")
ACCOUNT = "ops@acme.example"


@asynccontextmanager
async def _local_heroku(data: Path, port: int) -> AsyncIterator[Asking]:
    arguments = ("-m", "localheroku", "--data", str(data), "--port", str(port))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        "--account",
        ACCOUNT,
        "--team",
        "acme",
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        assert await asyncio.wait_for(process.stdout.readline(), 60)
        settings = {"apiKey": (data / "api-key").read_text().strip()}
        asking = await Asking.of(f"http://127.0.0.1:{port}", "", settings)
        yield asking
        await asking.provider.close()
    finally:
        os.kill(process.pid, signal.SIGTERM)
        await process.wait()


class Life:
    """The life of one resource, from its creation to its removal."""

    def __init__(self, provider: HerokuProvider, token: str, **inputs: Any) -> None:
        self.asking = Asking(provider, token)
        self.given = inputs
        self.state: dict[str, Any] = {}
        self.inputs: dict[str, Any] = {}

    async def made(self) -> str:
        """Create the resource and check that it is as declared."""
        checked = await self.asking.check(self.given)
        assert "failures" not in checked, checked
        self.inputs = checked["inputs"]
        created = await self.asking.create(self.inputs)
        self.state = created["state"]
        assert await self.asking.diff(self.state, self.inputs) == "same"
        return str(created["id"])

    async def unchanged(self) -> None:
        """Read the resource and check that it does not differ from its declaration."""
        read = await self.asking.read(self.state["id"], self.state, self.inputs)
        assert read["state"].keys() == self.state.keys()
        assert await self.asking.diff(read["state"], self.inputs) == "same"
        assert await self.asking.diff(read["state"], read["inputs"]) == "same"
        self.state = read["state"]

    async def changed(self, **inputs: Any) -> None:
        """Change the resource in place."""
        new = {**self.inputs, **inputs}
        diff = await self.asking.diff(self.state, new)
        assert diff != "same"
        assert "replaces" not in diff
        updated = await self.asking.update(self.state, new)
        self.state, self.inputs = updated["state"], new
        assert await self.asking.diff(self.state, self.inputs) == "same"

    async def imported(self, import_id: str) -> None:
        """Import the resource and check that it is the same."""
        read = await self.asking.read(import_id, {}, {})
        assert read["id"] == self.state["id"]
        assert "replaces" not in await self.asking.diff(read["state"], self.inputs)

    async def removed(self, *, gone: bool = True) -> None:
        """Remove the resource twice, and check that it is gone if its type can be removed."""
        await self.asking.delete(self.state)
        await self.asking.delete(self.state)
        read = await self.asking.read(self.state["id"], self.state, self.inputs)
        assert (read == "gone") is gone


async def test_every_type_lives(tmp_path: Path, unused_tcp_port: int) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "Procfile").write_text("web: python -m http.server $PORT\n")
    (tmp_path / "source" / "requirements.txt").write_text("")
    async with _local_heroku(tmp_path / "heroku", unused_tcp_port) as asking:
        lives: dict[str, Life] = {}
        for name, (token, inputs) in DECLARED.items():
            lives[name] = Life(asking.provider, token, **_resolved(inputs, lives, tmp_path))
            await lives[name].made()
        for life in lives.values():
            await life.unchanged()
        for name, inputs in CHANGED.items():
            await lives[name].changed(**inputs)
        for name, import_id in IMPORTED.items():
            await lives[name].imported(import_id.format(**lives[name].state))
        for name in reversed(lives):
            await lives[name].removed(gone=name not in OUTLIVING)
        for name in OUTLIVING:
            life = lives[name]
            assert await life.asking.read(life.state["id"], life.state, {}) == "gone"


async def test_a_resource_whose_response_was_lost_is_found(
    tmp_path: Path, unused_tcp_port: int
) -> None:
    async with _local_heroku(tmp_path / "heroku", unused_tcp_port) as asking:
        fault = {"kind": "reset-after", "method": "POST", "client": "dynostack-provider"}
        await _control(tmp_path / "heroku", unused_tcp_port, "POST", "faults", fault)
        lives: dict[str, Life] = {}
        for name, (token, inputs) in DECLARED.items():
            if name not in ("build", "web"):
                lives[name] = Life(asking.provider, token, **_resolved(inputs, lives, tmp_path))
                await lives[name].made()
        await _control(tmp_path / "heroku", unused_tcp_port, "DELETE", "faults")
        for life in lives.values():
            await life.unchanged()


@pytest.mark.parametrize("kind", ["truncate", "reset-after"])
async def test_a_removed_resource_whose_response_was_lost_is_gone(
    tmp_path: Path, unused_tcp_port: int, kind: str
) -> None:
    data = tmp_path / "heroku"
    async with _local_heroku(data, unused_tcp_port) as asking:
        lives: dict[str, Life] = {}
        for name, (token, inputs) in DECLARED.items():
            if name not in ("build", "web"):
                lives[name] = Life(asking.provider, token, **_resolved(inputs, lives, tmp_path))
                await lives[name].made()
        for name, life in reversed(lives.items()):
            method = "PATCH" if name in ("config", "feature") else "DELETE"
            fault = {"kind": kind, "method": method, "client": "dynostack-provider", "count": 1}
            await _control(data, unused_tcp_port, "POST", "faults", fault)
            await life.asking.delete(life.state)
            (struck,) = await _control(data, unused_tcp_port, "DELETE", "faults")
            assert struck["struck"] == 1, name
            read = await life.asking.read(life.state["id"], life.state, life.inputs)
            assert (read == "gone") is (name not in OUTLIVING)


async def _control(data: Path, port: int, method: str, path: str, body: object = None) -> Any:
    """Call the local Heroku with another client than the provider's."""
    headers = {"Authorization": f"Bearer {(data / 'api-key').read_text().strip()}"}
    async with (
        ClientSession() as session,
        session.request(
            method, f"http://127.0.0.1:{port}/_local/{path}", json=body, headers=headers
        ) as response,
    ):
        assert response.ok, await response.text()
        return await response.json()


def _resolved(inputs: dict[str, Any], lives: dict[str, Life], folder: Path) -> dict[str, Any]:
    """Replace ``@name`` by the id of the resource with that name."""
    texts: dict[Any, Any] = {f"@{name}": life.state["id"] for name, life in lives.items()}
    known = {
        key: texts.get(value, value) if isinstance(value, str) else value
        for key, value in inputs.items()
    }
    return {**known, "source": {"path": str(folder / "source")}} if "source" in known else known


def test_every_type_is_declared() -> None:
    assert {token for token, _ in DECLARED.values()} == SERVED_TYPES
