"""The Platform API, one folder a resource, and the table of all endpoints."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from dynostack.heroku.endpoint import Endpoint


def endpoints() -> list[Endpoint]:
    """Every endpoint that the local Heroku has: the rows of each folder's `routes`."""
    from dynostack.heroku import data

    return [
        endpoint
        for api, path in ((__name__, __path__), (data.__name__, data.__path__))
        for resource in pkgutil.iter_modules(path)
        for endpoint in import_module(f"{api}.{resource.name}.routes").ROUTES
    ]
