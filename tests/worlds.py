"""Local environments for tests of the local Heroku's process."""

from __future__ import annotations

from pathlib import Path

from dynostack.local.server import ServerProcess
from dynostack.local.workspace import LocalWorkspace
from tests.ports import free_port


def server_in(folder: Path) -> ServerProcess:
    """Return the local Heroku of a new project in this folder, not yet started."""
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (folder / "pyproject.toml").write_text(f"[tool.dynostack.local]\nport = {free_port()}\n")
    return ServerProcess(LocalWorkspace.of(folder))
