"""Attachments: the names of add-ons in apps, which set config vars with these names."""

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


def of_app(state: State, app: App) -> list[Attachment]:
    return state.store.having(Attachment, app_id=app.id)


def of_addon(state: State, addon: Addon) -> list[Attachment]:
    return state.store.every(Attachment, parent=addon.id)


def addon_of(state: State, attachment: Attachment) -> Addon:
    addon = state.store.find(Addon, attachment.parent or "")
    if addon is None:
        raise AttachmentNotFoundError
    return addon


def config_vars(state: State, app: App) -> dict[str, str]:
    """Return the config vars that the app's attachments set."""
    return {
        name: value
        for attachment in of_app(state, app)
        for name, value in values(attachment, addon_of(state, attachment)).items()
    }


def values(attachment: Attachment, addon: Addon) -> Mapping[str, str]:
    return {f"{attachment.name}_{suffix}": value for suffix, value in addon.values.items()}


def seen_by(state: State, app: App) -> list[Addon]:
    """Return the app's own add-ons and the add-ons that are attached to it."""
    return [
        addon
        for addon in state.store.every(Addon)
        if addon.state != DEPROVISIONED and app.id in apps_with(state, addon)
    ]


def apps_with(state: State, addon: Addon) -> set[str]:
    """Return the ids of the add-on's own app and of the apps that it is attached to."""
    return {addon.parent or "", *(a.app_id for a in of_addon(state, addon))}


def detach(state: State, attachment: Attachment) -> None:
    """Remove an attachment.

    Raises:
        LastAttachmentError: The add-on would have no other name in its own app.
    """
    addon = addon_of(state, attachment)
    rest = (a for a in of_addon(state, addon) if a.id != attachment.id)
    if attachment.app_id == addon.parent and not any(a.app_id == addon.parent for a in rest):
        app = apps.find(state, attachment.app_id)
        raise LastAttachmentError(app=app.name, addon=addon.name)
    state.store.remove(attachment)


def scope(state: State, identity: str, app: App | None) -> tuple[str, App | None]:
    """Return a name and the app that it belongs to: `APP::NAME` names an app other than `app`.

    Raises:
        AppNotFoundError: There is no app APP.
    """
    owner, separator, name = identity.partition("::")
    return (name, apps.find(state, owner)) if separator else (identity, app)


def find(state: State, identity: str, app: App) -> Attachment:
    """Return the app's attachment with an id or name.

    Raises:
        AttachmentNotFoundError: The app has no such attachment.
    """
    return only(matching(state, identity, app), identity)


def only(found: Sequence[Attachment], identity: str) -> Attachment:
    """Return the only attachment in a search result.

    Raises:
        AttachmentNotFoundError: The result is empty.
        AmbiguousAttachmentError: Several attachments have the name.
    """
    if not found:
        raise AttachmentNotFoundError
    if len(found) > 1:
        raise AmbiguousAttachmentError(name=identity)
    return found[0]


def matching(state: State, identity: str, app: App | None = None) -> list[Attachment]:
    """Return the attachments with an id or name, in one app or in all apps.

    `APP::NAME` names the app as part of the identity.
    """
    name, app = scope(state, identity, app)
    every = of_app(state, app) if app else state.store.every(Attachment)
    return [a for a in every if a.is_called(name)]


def resolved(
    state: State, identity: str, among: Sequence[Attachment], service: str | None
) -> list[Attachment]:
    """Return the attachments with an id or name, or else those of the add-on with this id or name.

    Raises:
        AttachmentNotFoundError: No attachment and no add-on has the id or name.
    """
    named = [(one, addon_of(state, one)) for one in among]
    named = [(one, addon) for one, addon in named if service in (None, addon.service)]
    found = [one for one, _ in named if one.is_called(identity)]
    found = found or [one for one, addon in named if identity in (addon.id, addon.name)]
    if not found:
        raise AttachmentNotFoundError
    return found


def document(state: State, attachment: Attachment, inclusions: Collection[str] = ()) -> Document:
    """Return the attachment as the API shows it, with `addon:plan` and `config_vars` on request.

    Source: the header `Accept-Inclusion` that the Heroku CLI sends.
    """
    addon = addon_of(state, attachment)
    common = _common_document(state, attachment, addon)
    if "addon:plan" in inclusions:
        plan = state.catalogue.services[addon.service].plans[addon.plan]
        common["addon"]["plan"] = {"id": plan.id, "name": plan.name}
    if "config_vars" in inclusions:
        common["config_vars"] = list(values(attachment, addon))
    return common


def _common_document(state: State, attachment: Attachment, addon: Addon) -> Document:
    owner = apps.find(state, addon.parent or "")
    return {
        "id": attachment.id,
        "name": attachment.name,
        "namespace": attachment.namespace,
        "addon": {"id": addon.id, "name": addon.name, "app": apps.brief(owner)},
        "app": apps.brief(apps.find(state, attachment.app_id)),
        "created_at": attachment.created_at,
        "updated_at": attachment.updated_at,
        "log_input_url": None,
        "web_url": apps.page(state, apps.find(state, attachment.app_id)),
    }
