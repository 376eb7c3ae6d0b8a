"""Credentials of a database; each database of the local Heroku has only the credential default.

https://devcenter.heroku.com/articles/heroku-postgresql-credentials
"""

from __future__ import annotations

from urllib.parse import urlsplit

from localheroku.api.addons.attachments import models as attachments
from localheroku.api.addons.attachments.records import Addon
from localheroku.api.apps import models as apps
from localheroku.api.builds.releases import creation as releases
from localheroku.api.data.credentials.errors import CredentialNotFoundError
from localheroku.api.data.databases import models as databases
from localheroku.core.state import Document, State

DEFAULT = "default"


def check(name: str) -> None:
    """Check that a credential exists.

    Raises:
        CredentialNotFoundError: The name is not that of the default credential.
    """
    if name != DEFAULT:
        raise CredentialNotFoundError


async def rotate(state: State, addon: Addon) -> None:
    """Set a new password, and create a release of every app that the database is attached to."""
    with databases.failing(addon):
        url = await state.backends.databases.rotate(addon.id)
    publish(state, addon, url)


def publish(state: State, addon: Addon, url: str) -> None:
    """Store a new address of an add-on, and create a release of every app that has it."""
    with state.store.transaction():
        state.change(addon, values={**addon.values, "URL": url})
        for app_id in {a.app_id: None for a in attachments.of_addon(state, addon)}:
            app = apps.find(state, app_id)
            releases.create(state, app, f"Update {_names(state, addon, app_id)}")


def document(addon: Addon) -> Document:
    parts = urlsplit(databases.url(addon))
    login = {"user": parts.username, "password": parts.password, "state": "active"}
    return {
        "uuid": addon.id,
        "name": DEFAULT,
        "state": "active",
        "database": parts.path.removeprefix("/"),
        "host": parts.hostname,
        "port": parts.port,
        "credentials": [login],
    }


def _names(state: State, addon: Addon, app_id: str) -> str:
    every = attachments.of_addon(state, addon)
    return ", ".join(a.name for a in every if a.app_id == app_id)
