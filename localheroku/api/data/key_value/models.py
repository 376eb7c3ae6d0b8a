"""Key-value stores of `heroku-redis` in Heroku's data API.

The lines of `heroku redis:info`: https://github.com/heroku/cli/pull/1650
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from localheroku.addons import KEY_VALUE_STORE
from localheroku.api.addons.attachments.records import PROVISIONED, Addon
from localheroku.api.data.databases import models as databases
from localheroku.api.data.databases.errors import NotProvisionedError
from localheroku.api.data.key_value.errors import StoreSettingError
from localheroku.core.backends import StoreInfo
from localheroku.core.state import Document, State

EVENTS = frozenset("KEg$lshztxenmdA")
"""The letters of keyspace notifications.  https://valkey.io/topics/notifications/"""


@dataclass(frozen=True)
class StoreSetting:
    """A setting of a store: one of `values`, letters of EVENTS, or else a number of seconds."""

    name: str
    """Its name in Redis."""
    describes: str
    default: str | int
    known: str
    values: Mapping[str, str] = field(default_factory=dict)

    def accepts(self, value: Any) -> bool:
        if self.values:
            return value in self.values
        if isinstance(self.default, str):
            return isinstance(value, str) and EVENTS.issuperset(value)
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0

    def document(self, text: str) -> Document:
        """Return the setting as the API shows it."""
        value = text if isinstance(self.default, str) else int(text)
        shown = {"value": value, "default": self.default, "desc": self.describes}
        return {**shown, "values": dict(self.values)} if self.values else shown


POLICIES = {
    "noeviction": "returns errors when memory limit is reached",
    "allkeys-lfu": "removes less frequently used keys first",
    "volatile-lfu": "removes less frequently used keys first that have an expiry set",
    "allkeys-lru": "removes less recently used keys first",
    "volatile-lru": "removes less recently used keys first that have an expiry set",
    "allkeys-random": "evicts random keys",
    "volatile-random": "evicts random keys but only those that have an expiry set",
    "volatile-ttl": "only evicts keys with an expiry set and a short TTL",
}
"""The policies as `heroku redis:maxmemory --help` describes them."""

SETTINGS: Mapping[str, StoreSetting] = {
    "maxmemory_policy": StoreSetting(
        "maxmemory-policy",
        "Which keys are removed when the memory limit is reached.",
        "noeviction",
        f"write {', '.join(POLICIES)}",
        POLICIES,
    ),
    "notify_keyspace_events": StoreSetting(
        "notify-keyspace-events",
        "Which events are published.",
        "",
        f"write letters of {''.join(sorted(EVENTS))}, or an empty text",
    ),
    "timeout": StoreSetting(
        "timeout",
        "After how many seconds an idle connection is closed.",
        300,
        "write a whole number of seconds, or 0 for never",
    ),
}


def find(state: State, identity: str) -> Addon:
    """Return the store of the add-on with an id or name.

    Raises:
        DatabaseNotFoundError: The add-on is not a key-value store.
        NotProvisionedError: The store is still being provisioned.
    """
    addon = found(state, identity)
    if addon.state != PROVISIONED:
        raise NotProvisionedError(addon=addon.name)
    return addon


def found(state: State, identity: str) -> Addon:
    """Return the store of the add-on with an id or name, even if it is not yet provisioned.

    Raises:
        DatabaseNotFoundError: The add-on is not a key-value store.
    """
    return databases.found(state, identity, KEY_VALUE_STORE)


async def document(state: State, addon: Addon) -> Document:
    with databases.failing(addon):
        info = await state.backends.stores.info(addon.id)
    plan = databases.plan_of(state, addon)
    url = databases.url(addon)
    return {
        "addon_id": addon.id,
        "name": addon.name,
        "plan": plan.slug,
        "created_at": addon.created_at,
        "formation": {"id": addon.id, "primary": None},
        "metaas_source": addon.name,
        "port": urlsplit(url).port,
        "prefer_native_tls": True,
        "resource_url": url,
        "version": info.version,
        "info": [{"name": k, "values": [v]} for k, v in _lines(addon, plan.human_name, info)],
    }


async def change(state: State, addon: Addon, values: Mapping[str, Any]) -> Document:
    """Change settings of the store, and return all of them.

    Raises:
        StoreSettingError: A value is invalid; no setting is changed then.
    """
    for name, value in values.items():
        if not SETTINGS[name].accepts(value):
            known = SETTINGS[name].known
            raise StoreSettingError(name=name, value=json.dumps(value), known=known)
    texts = {SETTINGS[name].name: str(value) for name, value in values.items()}
    with databases.failing(addon):
        await state.backends.stores.set(addon.id, texts)
        info = await state.backends.stores.info(addon.id)
    return {name: one.document(info.settings[one.name]) for name, one in SETTINGS.items()}


async def rotate(state: State, addon: Addon) -> str:
    """Set a new password and return the store's new address."""
    with databases.failing(addon):
        return await state.backends.stores.rotate(addon.id)


async def reset_statistics(state: State, addon: Addon) -> None:
    with databases.failing(addon):
        await state.backends.stores.reset_statistics(addon.id)


def _lines(addon: Addon, plan: str, info: StoreInfo) -> list[tuple[str, str]]:
    """Return the lines of `heroku redis:info`; a local store has no standby and no maintenance."""
    created = datetime.fromisoformat(addon.created_at).strftime("%Y-%m-%d %H:%M UTC")
    return [
        ("Plan", plan),
        ("Status", "available"),
        ("Created", created),
        ("Version", info.version),
        ("Timeout", info.settings["timeout"]),
        ("Maxmemory", info.settings["maxmemory-policy"]),
        ("Maintenance", "not required"),
        ("Persistence", "AOF" if info.is_persistent else "None"),
        ("HA Status", "Unavailable"),
        ("Requires TLS", "Yes"),
        ("Keyspace Notifications", info.settings["notify-keyspace-events"] or "Disabled"),
    ]
