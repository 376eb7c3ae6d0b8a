"""Puts engine, language host and provider where the local world's `pulumi` finds them."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

from . import pins
from .files import place_link, place_script

if TYPE_CHECKING:
    from dynostack.world import World

    from .engine import Engine


def place_tools(world: World, engine: Engine) -> None:
    """Make `engine` the local world's; what is in place already is left alone.

    The engine finds plugins in its PULUMI_HOME by folder name.  The language host is put there
    only for an engine that has none beside it: one beside it is the engine's own.
    """
    world.create()
    place_link(world.pulumi, engine.path)
    plugins = world.pulumi_home / "plugins"
    provider = plugins / f"resource-heroku-v{pins.HEROKU_PLUGIN_VERSION}" / pins.HEROKU_PLUGIN
    place_script(provider, _launcher("dynostack.provider"))
    if not engine.has_language_host:
        host = plugins / f"language-python-v{pins.ENGINE_VERSION}" / pins.LANGUAGE_PLUGIN
        place_script(host, _launcher("dynostack.toolchain.host"))


def _launcher(module: str) -> str:
    """Hands over to this Python: the plugin is that process, not a child of a shell.

    -P keeps the directory it is started in, the user's program, from hiding installed modules.
    """
    python = shlex.quote(sys.executable)
    return f'#!/bin/sh\nexec {python} -P -m {module} "$@"\n'
