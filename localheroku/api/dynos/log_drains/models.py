"""Log drains: URLs to which the local Heroku sends an app's log."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from localheroku.api.addons.attachments.records import Addon
from localheroku.api.apps.models import App
from localheroku.api.dynos.log_drains.errors import (
    AddonDrainError,
    DrainCountError,
    DrainNotFoundError,
    DrainTakenError,
    DrainUrlError,
)
from localheroku.core import redaction
from localheroku.core.record import Record
from localheroku.core.state import Document, State

# https://devcenter.heroku.com/articles/limits
MAX_DRAINS = 5
TOKEN = re.compile(r"(d\.)?(?P<id>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})")
URL = re.compile(r"(https?|syslog|syslog\+tls)://[^\s/]\S*")


@dataclass(frozen=True, kw_only=True)
class Drain(Record):
    """A log drain of an app (the parent record)."""

    url: str = field(repr=False)
    token: str
    addon: dict[str, str] | None = None
    """The id and name of the add-on that the drain belongs to."""


def of_app(state: State, app: App) -> list[Drain]:
    return state.store.every(Drain, parent=app.id)


def find(state: State, app: App, identity: str) -> Drain:
    """Return the app's drain with an id, URL or token.

    Raises:
        DrainNotFoundError: The app has no such drain.
    """
    for drain in of_app(state, app):
        if _matches(drain, identity):
            return drain
    raise DrainNotFoundError


def add(state: State, app: App, url: str) -> Drain:
    drains = of_app(state, app)
    if URL.fullmatch(url) is None or redaction.split_url(url) is None:
        raise DrainUrlError
    if any(drain.url == url for drain in drains):
        raise DrainTakenError
    if len(drains) >= MAX_DRAINS:
        raise DrainCountError(most=MAX_DRAINS)
    stamp = state.stamp()
    drain = state.store.put(Drain(**stamp, parent=app.id, url=url, token=f"d.{stamp['id']}"))
    apply(state, app)
    return drain


def of_addon(state: State, app: App, addon: Addon) -> list[Drain]:
    drains = of_app(state, app)
    return [drain for drain in drains if drain.addon and drain.addon["id"] == addon.id]


def put(state: State, app: App, addon: Addon, identity: str, url: str) -> Drain:
    """Set the URL of the add-on's drain with an id, URL or token.

    If no drain has the id or token, create one with it.

    Raises:
        DrainNotFoundError: The add-on has no such drain, and the identity cannot be a new drain's.
        DrainUrlError: The URL is invalid.
    """
    if URL.fullmatch(url) is None or redaction.split_url(url) is None:
        raise DrainUrlError
    found = next((d for d in of_addon(state, app, addon) if _matches(d, identity)), None)
    form = TOKEN.fullmatch(identity)
    if found:
        drain = state.change(found, url=url)
    elif form is None or state.store.find(Drain, form["id"]):
        raise DrainNotFoundError
    else:
        stamp = state.stamp()
        stamp["id"] = form["id"]
        owner = {"id": addon.id, "name": addon.name}
        new = Drain(**stamp, parent=app.id, url=url, token=f"d.{form['id']}", addon=owner)
        drain = state.store.put(new)
    apply(state, app)
    return drain


def forget_addon(state: State, app: App, addon: Addon) -> None:
    """Remove the drains of an add-on."""
    for drain in of_addon(state, app, addon):
        state.store.remove(drain)
    apply(state, app)


def _matches(drain: Drain, identity: str) -> bool:
    return identity in (drain.id, drain.url, drain.token)


def remove(state: State, app: App, drain: Drain) -> None:
    """Remove a drain from an app.

    Raises:
        AddonDrainError: The drain belongs to an add-on.
    """
    if drain.addon:
        raise AddonDrainError(addon=drain.addon["name"])
    state.store.remove(drain)
    apply(state, app)


def apply(state: State, app: App) -> None:
    """Update the log's drains to those of the app."""
    state.backends.logs.set_drains(app.id, [drain.url for drain in of_app(state, app)])


def document(drain: Drain) -> Document:
    return {
        "id": drain.id,
        "addon": drain.addon,
        "token": drain.token,
        "url": drain.url,
        "created_at": drain.created_at,
        "updated_at": drain.updated_at,
    }
