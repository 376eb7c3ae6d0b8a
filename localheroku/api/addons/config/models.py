"""The config vars of an add-on in the apps that it is attached to, as its service sees them."""

from __future__ import annotations

from collections.abc import Mapping

from localheroku.api.addons.attachments import models as attachments
from localheroku.api.addons.attachments.records import Addon, Attachment
from localheroku.api.addons.config.errors import ConfigNameError
from localheroku.api.apps import models as apps
from localheroku.api.builds.releases import creation as releases
from localheroku.core.state import Document, State


def documents(state: State, addon: Addon) -> list[Document]:
    """Return the add-on's config vars under their names in the add-on's own app."""
    values = attachments.values(_own(state, addon), addon)
    return [{"name": name, "value": value} for name, value in values.items()]


def documents_of(state: State, addon: Addon, namespace: str) -> list[Document]:
    """Return the config vars of a namespace, such as a credential; empty if it does not exist."""
    return documents(state, addon) if namespace == attachments.DEFAULT_CREDENTIAL else []


def update(state: State, addon: Addon, changes: Mapping[str, str | None]) -> Addon:
    """Set config vars of the add-on, or remove those whose value is None.

    Every app that the add-on is attached to gets a release.

    Raises:
        ConfigNameError: A name does not start with the add-on's prefix.
    """
    prefix = _own(state, addon).name
    suffixed: dict[str, str | None] = {}
    for name, value in changes.items():
        suffix = name.removeprefix(f"{prefix}_")
        if suffix in ("", name):
            raise ConfigNameError(addon=addon.name, prefix=prefix, name=name)
        suffixed[suffix] = value
    present = {**addon.values, **suffixed}
    values = {suffix: value for suffix, value in present.items() if value is not None}
    if values == addon.values:
        return addon
    with state.store.transaction():
        changed = state.change(addon, values=values)
        for attachment in attachments.of_addon(state, addon):
            app = apps.find(state, attachment.app_id)
            releases.create(state, app, f"Update {attachment.name} (@ref:{addon.name})")
    return changed


def _own(state: State, addon: Addon) -> Attachment:
    """Return the attachment to the add-on's own app, or else its first attachment."""
    every = attachments.of_addon(state, addon)
    return next((a for a in every if a.app_id == addon.parent), every[0])
