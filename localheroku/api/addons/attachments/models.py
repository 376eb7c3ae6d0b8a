"""The names under which apps see add-ons; an attachment gives the app config vars of that name."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from localheroku.api.addons.attachments.errors import (
    AmbiguousAttachmentError,
    AttachmentNotFoundError,
    LastAttachmentError,
)
from localheroku.api.addons.attachments.records import DEPROVISIONED, Addon, Attachment
from localheroku.api.apps import models as apps
from localheroku.api.apps.models import App
from localheroku.core.state import Document, State

DEFAULT_CREDENTIAL = "credential:default"


def of_app(platform: State, app: App) -> list[Attachment]:
    return platform.store.having(Attachment, app_id=app.id)


def of_addon(platform: State, addon: Addon) -> list[Attachment]:
    return platform.store.every(Attachment, parent=addon.id)


def addon_of(platform: State, attachment: Attachment) -> Addon:
    addon = platform.store.find(Addon, attachment.parent or "")
    if addon is None:
        raise AttachmentNotFoundError
    return addon


def config_vars(platform: State, app: App) -> dict[str, str]:
    """All that the app's attachments give it."""
    return {
        name: value
        for attachment in of_app(platform, app)
        for name, value in values(attachment, addon_of(platform, attachment)).items()
    }


def values(attachment: Attachment, addon: Addon) -> Mapping[str, str]:
    return {f"{attachment.name}_{suffix}": value for suffix, value in addon.values.items()}


def seen_by(platform: State, app: App) -> list[Addon]:
    """Return the app's own add-ons and those that are attached to it."""
    return [
        addon
        for addon in platform.store.every(Addon)
        if addon.state != DEPROVISIONED and app.id in apps_with(platform, addon)
    ]


def apps_with(platform: State, addon: Addon) -> set[str]:
    """Return the ids of the add-on's own app and of those that it is attached to."""
    return {addon.parent or "", *(a.app_id for a in of_addon(platform, addon))}


def detach(platform: State, attachment: Attachment) -> None:
    """Raises LastAttachmentError when the add-on would be left without a name in its own app."""
    addon = addon_of(platform, attachment)
    rest = (a for a in of_addon(platform, addon) if a.id != attachment.id)
    if attachment.app_id == addon.parent and not any(a.app_id == addon.parent for a in rest):
        app = apps.find(platform, attachment.app_id)
        raise LastAttachmentError(app=app.name, addon=addon.name)
    platform.store.remove(attachment)


def scope(platform: State, identity: str, app: App | None) -> tuple[str, App | None]:
    """A name and the app in which it is one: `APP::NAME` says which, instead of `app`.

    Raises AppNotFoundError.
    """
    owner, separator, name = identity.partition("::")
    return (name, apps.find(platform, owner)) if separator else (identity, app)


def find(platform: State, identity: str, app: App) -> Attachment:
    """The app's attachment of that id or name.  Raises AttachmentNotFoundError."""
    return only(matching(platform, identity, app), identity)


def only(found: Sequence[Attachment], identity: str) -> Attachment:
    """The one that was found.

    Raises AttachmentNotFoundError, or AmbiguousAttachmentError when several have the name.
    """
    if not found:
        raise AttachmentNotFoundError
    if len(found) > 1:
        raise AmbiguousAttachmentError(name=identity)
    return found[0]


def matching(platform: State, identity: str, app: App | None = None) -> list[Attachment]:
    """Those of that id or name, among the app's or all; `APP::NAME` is among those of that app."""
    name, app = scope(platform, identity, app)
    every = of_app(platform, app) if app else platform.store.every(Attachment)
    return [a for a in every if a.is_called(name)]


def resolved(
    platform: State, identity: str, among: Sequence[Attachment], service: str | None
) -> list[Attachment]:
    """What a person may mean: the attachments of that id or name, or those of such an add-on.

    Raises AttachmentNotFoundError.
    """
    named = [(one, addon_of(platform, one)) for one in among]
    named = [(one, addon) for one, addon in named if service in (None, addon.service)]
    found = [one for one, _ in named if one.is_called(identity)]
    found = found or [one for one, addon in named if identity in (addon.id, addon.name)]
    if not found:
        raise AttachmentNotFoundError
    return found


def document(platform: State, attachment: Attachment, inclusions: Collection[str] = ()) -> Document:
    """As the API shows it; `addon:plan` and `config_vars` are there for who asks for them.

    Source: the header `Accept-Inclusion` that the Heroku CLI sends.
    """
    addon = addon_of(platform, attachment)
    shown = _usual(platform, attachment, addon)
    if "addon:plan" in inclusions:
        plan = platform.catalogue.services[addon.service].plans[addon.plan]
        shown["addon"]["plan"] = {"id": plan.id, "name": plan.name}
    if "config_vars" in inclusions:
        shown["config_vars"] = list(values(attachment, addon))
    return shown


def _usual(platform: State, attachment: Attachment, addon: Addon) -> Document:
    owner = apps.find(platform, addon.parent or "")
    return {
        "id": attachment.id,
        "name": attachment.name,
        "namespace": attachment.namespace,
        "addon": {"id": addon.id, "name": addon.name, "app": apps.brief(owner)},
        "app": apps.brief(apps.find(platform, attachment.app_id)),
        "created_at": attachment.created_at,
        "updated_at": attachment.updated_at,
        "log_input_url": None,
        "web_url": apps.page(platform, apps.find(platform, attachment.app_id)),
    }
