from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.editor.language_server import LanguageServer

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def server() -> Iterator[LanguageServer]:
    """The real server, looking at this project's folder."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not on PATH; the YAML language server needs it")
    server = LanguageServer.start(PROJECT)
    yield server
    server.stop()
