"""Additional attachments of add-ons."""

from collections.abc import Iterator, Sequence

import pulumi
import pulumiverse_heroku as heroku

from dynostack.components.addons import Addons
from dynostack.components.app import App
from dynostack.components.memcached import Memcached
from dynostack.components.postgres import Postgres

Services = Sequence[Postgres | Memcached | Addons]


def attach(app: App, services: Services) -> list[heroku.addon.Attachment]:
    """Attach add-ons under additional names; Heroku sets config vars that begin with the name.

    Attachment names are unique within an app, so the name alone identifies the resource.  If the
    file gives the name to another add-on, Pulumi replaces the attachment and deletes the old one
    first: Heroku rejects a second attachment of the name (423 confirmation_required).
    """
    return [
        heroku.addon.Attachment(
            attachment.lower(),
            app_id=app.id,
            addon_id=addon.id,
            name=attachment,
            opts=pulumi.ResourceOptions(
                parent=app, delete_before_replace=True, aliases=list(_former(attachment, services))
            ),
        )
        for service in services
        for key, addon in service.addons.items()
        for attachment in service.attachments.get(key, ())
    ]


def _former(attachment: str, services: Services) -> Iterator[pulumi.Alias]:
    """Yield the names that an attachment may have in states from before 2026-12."""
    for service in services:
        for key in service.addons:
            yield pulumi.Alias(name=f"{key}-{attachment.lower()}", parent=service)
