"""Placement of engine, language host and provider where the local `pulumi` finds them."""

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
    """The path below PULUMI_HOME; the engine finds plugins by the names of their folders."""

    @property
    def command(self) -> list[str]:
        """The command that runs the module.

        With -P, the modules of the user's program in the current directory do not hide others.
        """
        return [sys.executable, "-P", "-m", self.module]

    @property
    def launcher(self) -> str:
        """The script that runs the command; with exec, the plugin replaces the shell."""
        return f'#!/bin/sh\nexec {shlex.join(self.command)} "$@"\n'

    def place(self, pulumi_home: Path) -> None:
        """Write the launcher below an engine's home."""
        place_script(pulumi_home / self.path, self.launcher)

    def is_placed(self, pulumi_home: Path) -> bool:
        """Return whether an engine with this home would start exactly this plugin."""
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
POLICIES = "--policies"
"""The flag with which a prestarted host prepares for a policy pack."""


def place_tools(workspace: LocalWorkspace, engine: Engine) -> None:
    """Make `engine` the local environment's engine, and keep what is in place already.

    Our language host is used only for an engine that has none beside it.
    """
    workspace.create()
    place_link(workspace.pulumi, engine.path)
    PROVIDER.place(workspace.pulumi_home)
    if not engine.has_language_host:
        HOST.place(workspace.pulumi_home)
