"""Attachments: which ones have to move, and how the new database takes over their names.

The module follows `heroku pg:promote`.
https://github.com/heroku/cli/blob/main/src/commands/pg/promote.ts
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dynostack.databases.app import HerokuApp, is_spare
from dynostack.databases.errors import MoveRefused
from dynostack.databases.record import AttachedName
from dynostack.inventory.platform_api import PlatformApi

CREDENTIAL = "credential:"


def read_attachments(api: PlatformApi, addon: str, app: str) -> tuple[AttachedName, ...]:
    """Return the attachments of a database that have to move to the new one.

    In the app that the database is billed to, a name that Heroku chose stays with the old database.

    Args:
        api: Heroku, with the key to use.
        addon: the id of the database's add-on.
        app: the name of the app that the add-on is billed to.

    Raises:
        MoveRefused: an attachment uses a credential, which a copy does not contain.
    """
    return tuple(_moved(api.listing(f"/addons/{addon}/addon-attachments"), app))


def _moved(attachments: Sequence[Mapping[str, Any]], app: str) -> Iterator[AttachedName]:
    for each in attachments:
        found = AttachedName.of(each)
        if (found.namespace or "").startswith(CREDENTIAL):
            credential = (found.namespace or "").removeprefix(CREDENTIAL)
            raise MoveRefused(
                f"attachment {found.name} of app {found.app} uses credential {credential}, which a"
                " copy does not contain; attach the database without it first, and create the"
                " credential again afterwards"
            )
        if found.app != app or not is_spare(found.name):
            yield found


def promote(
    api: PlatformApi, app: str, attachments: tuple[AttachedName, ...], old: str, new: str
) -> None:
    """Attach the new database under every name; the old one keeps a name that Heroku chose.

    Raises:
        StepFailed: Heroku refuses, or cannot be reached.
    """
    HerokuApp(api, app).attach_anywhere(old)
    for each in attachments:
        HerokuApp(api, each.app).attach(new, each.name, each.namespace)


def url_of(api: PlatformApi, app: str, addon: str) -> str | None:
    """Return a database's URL from the app's config vars; None while the app has none.

    The URL of an attachment with a namespace leads to a connection pool or to another credential.
    """
    attached = HerokuApp(api, app)
    names = [
        each["name"]
        for each in attached.attachments()
        if each["addon"]["id"] == addon and not each.get("namespace")
    ]
    variables = attached.config_vars()
    return next((variables[f"{name}_URL"] for name in names if f"{name}_URL" in variables), None)
