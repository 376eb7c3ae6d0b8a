"""The Platform API, one folder a family of resources, and the table of all endpoints."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localheroku.api.endpoint import Endpoint


def endpoints() -> list[Endpoint]:
    """Return every endpoint of the local Heroku: the rows of each folder's `routes`."""
    return [
        endpoint
        for module in pkgutil.walk_packages(__path__, f"{__name__}.")
        if module.name.endswith(".routes")
        for endpoint in import_module(module.name).ROUTES
    ]
