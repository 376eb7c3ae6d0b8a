"""The names under which apps see add-ons; an attachment gives the app config vars of that name."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from localheroku.api.addons.attachments.errors import (
    AmbiguousAttachmentError,
    AttachmentNotFoundError,
    ConfirmationRequiredError,
    LastAttachmentError,
    NameFormError,
    NamespaceError,
)
from localheroku.api.addons.attachments.records import Addon, Attachment
from localheroku.api.apps import models as apps
from localheroku.api.apps.models import App
from localheroku.core import name_generator
from localheroku.core.catalogue import AddonService
from localheroku.platform import Document, Platform

NAME = re.compile(r"[A-Z][A-Z0-9_]*")
CREDENTIAL = "credential:"
DEFAULT_CREDENTIAL = f"{CREDENTIAL}default"


def of_app(platform: Platform, app: App) -> list[Attachment]:
    return platform.store.having(Attachment, app_id=app.id)


def of_addon(platform: Platform, addon: Addon) -> list[Attachment]:
    return platform.store.every(Attachment, parent=addon.id)


def addon_of(platform: Platform, attachment: Attachment) -> Addon:
    addon = platform.store.find(Addon, attachment.parent or "")
    if addon is None:
        raise AttachmentNotFoundError
    return addon


def config_vars(platform: Platform, app: App) -> dict[str, str]:
    """All that the app's attachments give it."""
    return {
        name: value
        for attachment in of_app(platform, app)
        for name, value in values(attachment, addon_of(platform, attachment)).items()
    }


def values(attachment: Attachment, addon: Addon) -> Mapping[str, str]:
    return {f"{attachment.name}_{suffix}": value for suffix, value in addon.values.items()}


def attach(
    platform: Platform,
    app: App,
    addon: Addon,
    name: str | None,
    *,
    namespace: str | None = None,
    confirmed: bool = False,
) -> Attachment:
    """The app sees the add-on under this name, or under the one its service has for it.

    An add-on that had the name loses it in a release of its own: `heroku pg:promote` looks for it.
    Raises ConfirmationRequiredError when the name is another add-on's and `confirmed` is false.
    """
    if namespace and namespace.startswith(CREDENTIAL) and namespace != DEFAULT_CREDENTIAL:
        raise NamespaceError(namespace=namespace)
    chosen = name or _default_name(platform, app, addon)
    if NAME.fullmatch(chosen) is None:
        raise NameFormError
    present = _named(platform, app, chosen)
    if present and present.parent != addon.id and not confirmed:
        raise ConfirmationRequiredError(app=app.name, name=chosen)
    if present:
        platform.store.remove(present)
    if present and present.parent != addon.id:
        former = addon_of(platform, present)
        platform.deployment.release(app, f"Detach {chosen} (@ref:{former.name})")
    return platform.store.put(
        Attachment(
            **platform.stamp(), parent=addon.id, app_id=app.id, name=chosen, namespace=namespace
        )
    )


def detach(platform: Platform, attachment: Attachment) -> None:
    """Raises LastAttachmentError when the add-on would be left without a name in its own app."""
    addon = addon_of(platform, attachment)
    rest = (a for a in of_addon(platform, addon) if a.id != attachment.id)
    if attachment.app_id == addon.parent and not any(a.app_id == addon.parent for a in rest):
        app = apps.find(platform, attachment.app_id)
        raise LastAttachmentError(app=app.name, addon=addon.name)
    platform.store.remove(attachment)


def scope(platform: Platform, identity: str, app: App | None) -> tuple[str, App | None]:
    """A name and the app in which it is one: `APP::NAME` says which, instead of `app`.

    Raises AppNotFoundError.
    """
    owner, separator, name = identity.partition("::")
    return (name, apps.find(platform, owner)) if separator else (identity, app)


def find(platform: Platform, identity: str, app: App) -> Attachment:
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


def matching(platform: Platform, identity: str, app: App | None = None) -> list[Attachment]:
    """Those of that id or name, among the app's or all; `APP::NAME` is among those of that app."""
    name, app = scope(platform, identity, app)
    every = of_app(platform, app) if app else platform.store.every(Attachment)
    return [a for a in every if a.is_called(name)]


def resolved(
    platform: Platform, identity: str, among: Sequence[Attachment], service: str | None
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


def _default_name(platform: Platform, app: App, addon: Addon) -> str:
    service = platform.catalogue.services[addon.service]
    if not _named(platform, app, service.primary_attachment):
        return service.primary_attachment
    return _colored(platform, app, service)


def _colored(platform: Platform, app: App, service: AddonService) -> str:
    return name_generator.colored(
        service.attachment, lambda n: _named(platform, app, n) is not None
    )


def _named(platform: Platform, app: App, name: str) -> Attachment | None:
    return next((a for a in of_app(platform, app) if a.name == name), None)


def document(
    platform: Platform, attachment: Attachment, inclusions: Collection[str] = ()
) -> Document:
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


def _usual(platform: Platform, attachment: Attachment, addon: Addon) -> Document:
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
