"""The calls that remove parts of an app, or turn them off.

https://devcenter.heroku.com/articles/platform-api-reference
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from dynostack.environment.catalogue import MEMCACHED_PLANS
from dynostack.inventory.app import LIVE, Addon, App, Coupling
from dynostack.inventory.platform_api import ApiRefusal, PlatformApi
from dynostack.inventory.reader import NOT_FOUND

DELETE, PATCH, POST = "DELETE", "PATCH", "POST"
CONFIG_VARS = "/config-vars"


@dataclass(frozen=True)
class Call:
    """One request to Heroku that changes an app."""

    method: str
    path: str
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    destroys: str = ""
    """The name of the add-on whose data is lost; empty if no data is lost."""
    detaches: str = ""
    """The name of the database that DATABASE_URL then no longer points to; may be empty."""

    def send(self, api: PlatformApi) -> None:
        """Send the request; a part that no longer exists needs no removal.

        Raises:
            ApiRefusal: Heroku refuses the change.
            ApiError: Heroku does not answer.
        """
        try:
            api.send(self.method, self.path, self.body)
        except ApiRefusal as refusal:
            if self.method != DELETE or refusal.status != NOT_FOUND:
                raise


def in_order(calls: Iterable[Call]) -> list[Call]:
    """Return calls in an order that Heroku accepts, with one call for all config vars.

    A change of config vars makes a release and restarts the app, so there is only one.  Databases
    are destroyed last, after another one has become the app's main database.
    """
    config_vars: dict[str, Call] = {}
    others: list[Call] = []
    for each in calls:
        if each.path.endswith(CONFIG_VARS):
            before = config_vars.get(each.path)
            body = {**((before and before.body) or {}), **(each.body or {})}
            config_vars[each.path] = Call(each.method, each.path, body)
        else:
            others.append(each)
    return sorted([*config_vars.values(), *others], key=lambda each: bool(each.destroys))


def config_var(app: App, name: str) -> Call:
    """Return the call that removes a config var."""
    return Call(PATCH, f"/apps/{app.id}{CONFIG_VARS}", {name: None})


def dynos(app: App, process: str) -> Call:
    """Return the call that stops all dynos of a process type."""
    return Call(PATCH, f"/apps/{app.id}/formation/{_quoted(process)}", {"quantity": 0})


def addon(app: App, found: Addon) -> Call:
    """Return the call that destroys an add-on; only memcached is known to hold no data."""
    holds_data = found.service not in MEMCACHED_PLANS
    path = f"/apps/{app.id}/addons/{found.id}"
    return Call(DELETE, path, destroys=found.name if holds_data else "")


def attachment(identity: str) -> Call:
    """Return the call that detaches an add-on."""
    return Call(DELETE, f"/addon-attachments/{identity}")


def promotion(app: App, database: Addon, live: Addon) -> Call:
    """Return the call that makes a database the app's main one again, instead of the live one."""
    body = {"addon": database.id, "app": app.id, "name": LIVE, "confirm": app.name}
    return Call(POST, "/addon-attachments", body, detaches=live.name)


def collaborator(app: App, email: str) -> Call:
    """Return the call that takes a person's access away."""
    return Call(DELETE, f"/apps/{app.id}/collaborators/{_quoted(email)}")


def domain(app: App, hostname: str) -> Call:
    """Return the call that removes a domain."""
    return Call(DELETE, f"/apps/{app.id}/domains/{_quoted(hostname)}")


def feature(app: App, name: str) -> Call:
    """Return the call that turns a feature off."""
    return Call(PATCH, f"/apps/{app.id}/features/{_quoted(name)}", {"enabled": False})


def drain(app: App, identity: str) -> Call:
    """Return the call that removes a log drain."""
    return Call(DELETE, f"/apps/{app.id}/log-drains/{identity}")


def coupling(found: Coupling) -> Call:
    """Return the call that takes an app out of its pipeline."""
    return Call(DELETE, f"/pipeline-couplings/{found.id}")


def webhook(app: App, identity: str) -> Call:
    """Return the call that removes a webhook."""
    return Call(DELETE, f"/apps/{app.id}/webhooks/{identity}")


def maintenance(app: App) -> Call:
    """Return the call that turns maintenance mode off."""
    return Call(PATCH, f"/apps/{app.id}", {"maintenance": False})


def managed_certificates(app: App) -> Call:
    """Return the call that turns Automated Certificate Management off."""
    return Call(DELETE, f"/apps/{app.id}/acm")


def release(app: App, slug: str) -> Call:
    """Return the call that releases a slug again."""
    return Call(POST, f"/apps/{app.id}/releases", {"slug": slug})


def _quoted(name: str) -> str:
    return quote(name, safe="")
