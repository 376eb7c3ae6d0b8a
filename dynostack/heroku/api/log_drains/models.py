"""Log drains: addresses that get an app's log."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from dynostack.heroku.api.apps.models import App
from dynostack.heroku.api.log_drains.errors import (
    DrainCountError,
    DrainNotFoundError,
    DrainTakenError,
    UrlFormError,
)
from dynostack.heroku.platform import Document, Platform
from dynostack.heroku.store import Record

# https://devcenter.heroku.com/articles/limits
MOST_DRAINS = 5
URL = re.compile(r"(https?|syslog|syslog\+tls)://[^\s/]\S*")


@dataclass(frozen=True, kw_only=True)
class Drain(Record):
    """Its parent is the app."""

    url: str = field(repr=False)
    token: str


def of_app(platform: Platform, app: App) -> list[Drain]:
    return platform.store.every(Drain, parent=app.id)


def find(platform: Platform, app: App, identity: str) -> Drain:
    """The app's drain of that id, address or token.  Raises DrainNotFoundError."""
    for drain in of_app(platform, app):
        if identity in (drain.id, drain.url, drain.token):
            return drain
    raise DrainNotFoundError


def add(platform: Platform, app: App, url: str) -> Drain:
    drains = of_app(platform, app)
    if URL.fullmatch(url) is None:
        raise UrlFormError
    if any(drain.url == url for drain in drains):
        raise DrainTakenError
    if len(drains) >= MOST_DRAINS:
        raise DrainCountError(most=MOST_DRAINS)
    stamp = platform.stamp()
    drain = platform.store.put(Drain(**stamp, parent=app.id, url=url, token=f"d.{stamp['id']}"))
    apply(platform, app)
    return drain


def remove(platform: Platform, app: App, drain: Drain) -> None:
    platform.store.remove(drain)
    apply(platform, app)


def apply(platform: Platform, app: App) -> None:
    """Tell the logs of the app's drains."""
    platform.machines.logs.set_drains(app.id, [drain.url for drain in of_app(platform, app)])


def document(drain: Drain) -> Document:
    return {
        "id": drain.id,
        "addon": None,
        "token": drain.token,
        "url": drain.url,
        "created_at": drain.created_at,
        "updated_at": drain.updated_at,
    }
