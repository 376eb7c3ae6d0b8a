"""The sections of an environment that describe an app's add-ons as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dynostack.description.keys import key_of, unique
from dynostack.environment import catalogue
from dynostack.environment.addons import SECTION_OF_SERVICE
from dynostack.inventory.app import LIVE, Addon, App

Data = dict[str, Any]
PROVISIONED = "provisioned"
COLOR = re.compile(r"HEROKU_POSTGRESQL_[A-Z]+")
"""The name that Heroku gives to a database's own attachment.

https://devcenter.heroku.com/articles/managing-heroku-postgres-using-cli
"""


@dataclass(frozen=True)
class DescribedAddons:
    """The sections, and the sentences about what they cannot say."""

    sections: Data = field(default_factory=dict)
    unsaid: list[str] = field(default_factory=list)


def described(app: App, versions: Mapping[str, str]) -> DescribedAddons:
    """Describe an app's add-ons with their real names.

    Args:
        app: the app.
        versions: id of each database whose version is known -> its major version.
    """
    found = DescribedAddons()
    own = sorted(app.own_addons, key=lambda each: (each.created, each.name))
    present = [each for each in own if each.state == PROVISIONED]
    found.unsaid.extend(
        f"add-on {each.name} ({each.plan}) is {each.state}" for each in own if each not in present
    )
    databases = [each for each in present if each.is_database]
    if databases:
        found.sections["postgres"] = _postgres(databases, versions)
    caches = [each for each in present if SECTION_OF_SERVICE.get(each.service) == "memcached"]
    if caches:
        found.sections["memcached"] = _memcached(caches[0])
        found.unsaid.extend(_of_caches(caches))
    others = [each for each in present if each.service not in SECTION_OF_SERVICE]
    taken = set(SECTION_OF_SERVICE.values())
    found.sections["addons"] = {unique(_key(each), taken): _other(each) for each in others}
    return found


def _postgres(databases: list[Addon], versions: Mapping[str, str]) -> Data:
    """Return the section with the database behind DATABASE_URL, or the oldest, as the main one."""
    main = next((each for each in databases if LIVE in each.attachments), databases[0])
    section = _database(main, versions)
    taken: set[str] = set()
    others = {
        unique(database_key(each), taken): _database(each, versions)
        for each in databases
        if each is not main
    }
    return section | ({"databases": others} if others else {})


def _database(addon: Addon, versions: Mapping[str, str]) -> Data:
    section: Data = {"plan": addon.plan.partition(":")[2]}
    if version := versions.get(addon.id):
        section["version"] = version
    section["name"] = addon.name
    return section | _attachments(additional_attachments(addon))


def database_key(addon: Addon) -> str:
    """Return a key by an attachment's own name, by its color, or by the add-on's name."""
    names = sorted(addon.attachments, key=lambda name: (bool(COLOR.fullmatch(name)), name))
    own = names[0] if names else addon.name
    return key_of(own.removeprefix("HEROKU_POSTGRESQL_"), "database")


def _memcached(addon: Addon) -> Data:
    service, _, plan = addon.plan.partition(":")
    return {"service": service, "plan": plan, "name": addon.name}


def _of_caches(caches: list[Addon]) -> Iterator[str]:
    first, *others = caches
    for name in sorted(first.attachments):
        if name != _default_attachment(first):
            yield f"add-on {first.name} is attached as {name}"
    for each in others:
        yield f"add-on {each.name} ({each.plan}) is a second cache"


def _key(addon: Addon) -> str:
    return key_of(addon.service.removeprefix("heroku-"), "addon")


def _other(addon: Addon) -> Data:
    section: Data = {"plan": addon.plan, "name": addon.name}
    section |= _attachments(additional_attachments(addon))
    service, _, plan = addon.plan.partition(":")
    services = {each.name: each.plans for each in catalogue.services()}
    is_listed = service in services and (not services[service] or plan in services[service])
    return section | ({} if is_listed else {"unlisted": True})


def additional_attachments(addon: Addon) -> list[str]:
    """Return the names of an add-on's attachments, except those that Heroku itself chooses."""
    if addon.is_database:
        return sorted(
            name for name in addon.attachments if name != LIVE and not COLOR.fullmatch(name)
        )
    own = _default_attachment(addon)
    return sorted(name for name in addon.attachments if name != own)


def _default_attachment(addon: Addon) -> str:
    """Return the name of the attachment that Heroku makes for the first add-on of a service."""
    sets = catalogue.config_vars_set_by(addon.service)
    if sets:
        return sets[0].partition("_")[0]
    return addon.service.upper().replace("-", "_")


def _attachments(names: list[str]) -> Data:
    return {"attachments": names} if names else {}
