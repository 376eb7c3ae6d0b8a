"""Fixtures: a project, and a local Heroku with an app that was made by hand."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from dynostack.toolchain.placement import PROVIDER
from tests.adopt.world import Adopting

PUBLISHED = os.environ.get("DYNOSTACK_PUBLISHED_PROVIDER")
"""The path of the published provider's plugin, which no package registry of Python has."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Adopting]:
    world = Adopting(tmp_path_factory.mktemp("adopt") / "infra")
    world.make_app("old-shop", pipeline="shop")
    yield world
    world.end()


@pytest.fixture(params=["ours", *(["published"] if PUBLISHED else [])])
def provider(world: Adopting, request: pytest.FixtureRequest) -> Iterator[str]:
    """Let the engine use one of both providers."""
    with using(world, request.param):
        yield request.param


@contextmanager
def using(world: Adopting, provider: str) -> Iterator[None]:
    """Let the engine use our provider or the published one."""
    plugin = world.world.pulumi_home / PROVIDER.path
    own = plugin.read_bytes()
    if provider == "published":
        plugin.unlink()
        shutil.copy(str(PUBLISHED), plugin)
    yield
    plugin.unlink()
    plugin.write_bytes(own)
    plugin.chmod(0o755)
