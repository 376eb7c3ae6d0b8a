"""Puts engine, language host and provider where the local world's `pulumi` finds them."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from . import versions
from .files import place_link, place_script

if TYPE_CHECKING:
    from dynostack.local.workspace import LocalWorkspace

    from .engine import Engine


@dataclass(frozen=True)
class Plugin:
    """A module that an engine starts as a plugin."""

    module: str
    path: str
    """Below the engine's PULUMI_HOME: it finds plugins by the names of their folders."""

    @property
    def command(self) -> list[str]:
        """-P keeps the directory it is started in, the user's program, from hiding modules."""
        return [sys.executable, "-P", "-m", self.module]

    @property
    def launcher(self) -> str:
        """Hands over to this Python: the plugin is that process, not a child of a shell."""
        return f'#!/bin/sh\nexec {shlex.join(self.command)} "$@"\n'

    def place(self, pulumi_home: Path) -> None:
        """Put the launcher in place."""
        place_script(pulumi_home / self.path, self.launcher)

    def is_placed(self, pulumi_home: Path) -> bool:
        """Whether the engine with that home would start this very plugin."""
        try:
            return (pulumi_home / self.path).read_text("utf-8") == self.launcher
        except (OSError, UnicodeDecodeError):
            return False


PROVIDER = Plugin(
    "dynostack.provider",
    f"plugins/resource-heroku-v{versions.HEROKU_PLUGIN_VERSION}/{versions.HEROKU_PLUGIN}",
)
HOST = Plugin(
    "dynostack.toolchain.host",
    f"plugins/language-python-v{versions.ENGINE_VERSION}/{versions.LANGUAGE_PLUGIN}",
)


def place_tools(workspace: LocalWorkspace, engine: Engine) -> None:
    """Make `engine` the local world's; what is in place already is left alone.

    The language host is put there only for an engine that has none beside it: one beside it is
    the engine's own.
    """
    workspace.create()
    place_link(workspace.pulumi, engine.path)
    PROVIDER.place(workspace.pulumi_home)
    if not engine.has_language_host:
        HOST.place(workspace.pulumi_home)
