"""Reads one app from the Platform API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from dynostack.inventory import parts
from dynostack.inventory.app import App, Part
from dynostack.inventory.platform_api import ApiError, ApiRefusal, PlatformApi

FORBIDDEN, NOT_FOUND = 403, 404
CONNECTIONS = 6
"""How many requests are sent at the same time."""
BASIC = (Part.ADDONS, Part.ATTACHMENTS, Part.FORMATION)
"""The parts that everyone with access to an app may read."""


class AppVanished(ApiError):
    """The app was destroyed or renamed while it was read."""


def read_inventory(api: PlatformApi, identity: str) -> App:
    """Read an app with all its parts; name those that the API key may not read, and read the rest.

    Args:
        api: Heroku, with the key to use.
        identity: the app's id or name.

    Raises:
        ApiRefusal: Heroku refuses to show the app: 404 if it does not exist, 403 without access.
        AppVanished: the app was destroyed or renamed meanwhile.
        ApiError: Heroku cannot be reached, or its response has an unexpected shape.
    """
    path = f"/apps/{identity}"
    with api.connected() as connected, ThreadPoolExecutor(max_workers=CONNECTIONS) as pool:
        app = pool.submit(connected.get, path)
        futures = {part: pool.submit(REQUESTS[part], connected, path) for part in Part}
        found = app.result()
        if not isinstance(found, dict):
            raise _unexpected(api, path, found)
        read, unread = _results(api, path, futures)
    try:
        return parts.app(found, read, unread)
    except (AttributeError, KeyError, TypeError) as error:
        raise _unexpected(api, path, error) from None


def _results(
    api: PlatformApi, path: str, futures: Mapping[Part, Future[Any]]
) -> tuple[dict[Part, Any], dict[Part, str]]:
    """Return the parts that were read, and why the others were not."""
    read: dict[Part, Any] = {}
    unread: dict[Part, str] = {}
    for part, future in futures.items():
        try:
            read[part] = future.result()
        except ApiRefusal as refusal:
            if refusal.status == NOT_FOUND:
                name = path.rpartition("/")[2]
                raise AppVanished(
                    f"{api.url}: app {name} was destroyed or renamed while it was read"
                ) from None
            if refusal.status != FORBIDDEN:
                raise
            unread[part] = str(refusal)
        except (AttributeError, KeyError, TypeError) as error:
            raise _unexpected(api, path, error) from None
    return read, unread


def _unexpected(api: PlatformApi, path: str, found: object) -> ApiError:
    return ApiError(f"{api.url}{path}: the response is not an app ({type(found).__name__})")


def _listed(name: str, **headers: str) -> Callable[[PlatformApi, str], Any]:
    return lambda api, path: api.listing(f"{path}/{name}", **headers)


def _config_vars(api: PlatformApi, path: str) -> Mapping[str, str]:
    values = api.get(f"{path}/config-vars")
    return {name: value for name, value in values.items() if value is not None}


def _coupling(api: PlatformApi, path: str) -> Mapping[str, Any] | None:
    """Return the app's coupling with its pipeline and the pipeline's couplings; None without one.

    The response to an app that is in no pipeline is "not found".
    """
    try:
        found = api.get(f"{path}/pipeline-couplings")
    except ApiRefusal as refusal:
        if refusal.status != NOT_FOUND:
            raise
        api.get(path)  # not found either, if the app is gone
        return None
    pipeline = f"/pipelines/{found['pipeline']['id']}"
    return {
        **found,
        "pipeline": api.get(pipeline),
        "others": api.listing(f"{pipeline}/pipeline-couplings"),
    }


REQUESTS: Mapping[Part, Callable[[PlatformApi, str], Any]] = {
    Part.ADDONS: _listed("addons"),
    # The header that the Heroku CLI sends, too: with the config vars that each attachment sets.
    Part.ATTACHMENTS: _listed("addon-attachments", Accept_Inclusion="config_vars"),
    Part.BUILDPACKS: _listed("buildpack-installations", Range="ordinal ..; max=1000"),
    Part.COLLABORATORS: _listed("collaborators"),
    Part.CONFIG_VARS: _config_vars,
    Part.COUPLING: _coupling,
    Part.DOMAINS: _listed("domains"),
    Part.DRAINS: _listed("log-drains"),
    Part.FEATURES: _listed("features"),
    Part.FORMATION: _listed("formation"),
    Part.RELEASES: _listed("releases", Range="version ..; order=desc, max=100"),
    Part.WEBHOOKS: _listed("webhooks"),
}
"""Part -> the function that requests it, given the API and the path of the app."""
