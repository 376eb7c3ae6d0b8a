"""Attaching an add-on to an app, which can take a name away from another add-on."""

from __future__ import annotations

import re

from localheroku.api.addons.attachments import models
from localheroku.api.addons.attachments.errors import (
    AttachmentNameFormError,
    ConfirmationRequiredError,
    NamespaceError,
)
from localheroku.api.addons.attachments.models import DEFAULT_CREDENTIAL
from localheroku.api.addons.attachments.records import Addon, Attachment
from localheroku.api.apps.models import App
from localheroku.api.builds.releases import creation as releases
from localheroku.core import name_generator
from localheroku.core.catalogue import AddonService
from localheroku.core.state import State

NAME = re.compile(r"[A-Z][A-Z0-9_]*")
CREDENTIAL = "credential:"


def attach(
    state: State,
    app: App,
    addon: Addon,
    name: str | None,
    *,
    namespace: str | None = None,
    confirmed: bool = False,
) -> Attachment:
    """Attach the add-on to the app, under a name or under the default name of its service.

    If another add-on has the name, detach that one first, in a separate release: `heroku
    pg:promote` expects both releases.

    Raises:
        ConfirmationRequiredError: Another add-on has the name, and `confirmed` is false.
    """
    if namespace and namespace.startswith(CREDENTIAL) and namespace != DEFAULT_CREDENTIAL:
        raise NamespaceError(namespace=namespace)
    chosen = name or _default_name(state, app, addon)
    if NAME.fullmatch(chosen) is None:
        raise AttachmentNameFormError
    present = _named(state, app, chosen)
    if present and present.parent != addon.id and not confirmed:
        raise ConfirmationRequiredError(app=app.name, name=chosen)
    if present:
        state.store.remove(present)
    if present and present.parent != addon.id:
        previous_addon = models.addon_of(state, present)
        releases.create(state, app, f"Detach {chosen} (@ref:{previous_addon.name})")
    return state.store.put(
        Attachment(
            **state.stamp(), parent=addon.id, app_id=app.id, name=chosen, namespace=namespace
        )
    )


def _default_name(state: State, app: App, addon: Addon) -> str:
    service = state.catalogue.services[addon.service]
    if not _named(state, app, service.primary_attachment):
        return service.primary_attachment
    return _colored(state, app, service)


def _colored(state: State, app: App, service: AddonService) -> str:
    return name_generator.colored(service.attachment, lambda n: _named(state, app, n) is not None)


def _named(state: State, app: App, name: str) -> Attachment | None:
    return next((a for a in models.of_app(state, app) if a.name == name), None)
