from __future__ import annotations

from collections.abc import Iterator

import pytest

from dynostack.local.server import ServerProcess
from dynostack.local.workspace import LocalWorkspace
from tests.ports import free_port


@pytest.fixture(scope="session")
def heroku(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """Start a local Heroku."""
    folder = tmp_path_factory.mktemp("heroku")
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (folder / "pyproject.toml").write_text(f"[tool.dynostack.local]\nport = {free_port()}\n")
    server = ServerProcess(LocalWorkspace.of(folder))
    server.start()
    yield server
    server.leave()


@pytest.fixture
def variables(heroku: ServerProcess) -> dict[str, str]:
    """Return the variables that `dynostack env` exports for the local Heroku."""
    return {
        "HEROKU_API_URL": heroku.workspace.heroku.url,
        "HEROKU_API_KEY": heroku.workspace.api_key_file.read_text(),
    }
