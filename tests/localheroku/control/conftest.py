from __future__ import annotations

import pytest

from tests.localheroku.client import Api
from tests.localheroku.control.control_client import ControlClient


@pytest.fixture
def local(api: Api) -> ControlClient:
    """What the local Heroku can be told."""
    return ControlClient(api)
