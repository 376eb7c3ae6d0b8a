"""Dynos: what the machines run for an app at this moment."""

from __future__ import annotations

from dynostack.heroku.api.apps import models as apps
from dynostack.heroku.api.apps.models import App
from dynostack.heroku.api.dynos.errors import DynoNotFoundError
from dynostack.heroku.api.releases import models as releases
from dynostack.heroku.clock import timestamp
from dynostack.heroku.dynos.runtime import Dyno
from dynostack.heroku.platform import Document, Platform


def every(platform: Platform, app: App) -> list[Dyno]:
    return platform.machines.dynos.dynos(app.id)


def find(platform: Platform, app: App, identity: str) -> Dyno:
    """The dyno of that id or name.  Raises DynoNotFoundError."""
    for dyno in every(platform, app):
        if identity in (dyno.id, dyno.name):
            return dyno
    raise DynoNotFoundError


def document(platform: Platform, app: App, dyno: Dyno) -> Document:
    release = releases.current(platform, app)
    return {
        "id": dyno.id,
        "name": dyno.name,
        "type": dyno.type,
        "command": dyno.command,
        "size": dyno.size,
        "state": dyno.state.value,
        "app": apps.brief(app),
        "release": {"id": release.id, "version": release.version} if release else None,
        "attach_url": None,
        "created_at": timestamp(platform.clock.shown(dyno.created_at)),
        "updated_at": timestamp(platform.clock.shown(dyno.updated_at)),
    }
