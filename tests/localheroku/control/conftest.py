from __future__ import annotations

import pytest

from tests.localheroku.client import Api
from tests.localheroku.control.control_client import ControlClient


@pytest.fixture
def local(api: Api) -> ControlClient:
    """Return a client of the control API."""
    return ControlClient(api)
