"""The Platform API, one folder a resource."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from dynostack.heroku.endpoint import Endpoint


def endpoints() -> list[Endpoint]:
    """Every endpoint that the local Heroku has: the rows of each folder's `routes`."""
    return [
        endpoint
        for resource in pkgutil.iter_modules(__path__)
        for endpoint in import_module(f"{__name__}.{resource.name}.routes").ROUTES
    ]
