from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.editor.language_server import LanguageServer

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def server() -> Iterator[LanguageServer]:
    """Start the real server on this project's folder."""
    server = LanguageServer.start(PROJECT)
    yield server
    server.stop()
