"""The Platform API, one folder a resource."""

from __future__ import annotations

from importlib import import_module

from dynostack.heroku.endpoint import Endpoint

RESOURCES = (
    "account",
    "addon_services",
    "addons",
    "apps",
    "attachments",
    "buildpacks",
    "builds",
    "catalogue",
    "collaborators",
    "config_vars",
    "domains",
    "dynos",
    "features",
    "formation",
    "log_drains",
    "log_sessions",
    "pipelines",
    "releases",
    "teams",
)


def endpoints() -> list[Endpoint]:
    """Every endpoint that the local Heroku has."""
    return [
        endpoint
        for resource in RESOURCES
        for endpoint in import_module(f"{__name__}.{resource}.routes").ROUTES
    ]
