from __future__ import annotations

import pytest

from tests.localheroku.client import Api
from tests.localheroku.control.laboratory import Laboratory


@pytest.fixture
def local(api: Api) -> Laboratory:
    """What the local Heroku can be told."""
    return Laboratory(api)
