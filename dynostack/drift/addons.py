"""Differences of an app's add-ons and their attachments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dynostack.adopt.addons import additional_attachments
from dynostack.drift.authors import Authors
from dynostack.drift.difference import Difference, Kind, listed, price
from dynostack.drift.state import Managed
from dynostack.environment import Environment, catalogue
from dynostack.inventory.app import Addon, App


@dataclass(frozen=True)
class WrittenAddon:
    """An add-on in the file."""

    item: str
    """The path in the file."""
    resource: str
    """The name that the program gives it."""
    plan: str
    """Service and plan."""
    name: str
    """The add-on's name; empty if the file does not say it."""
    attachments: tuple[str, ...]


def differences(
    environment: Environment, app: App, managed: Managed, authors: Authors
) -> Iterator[Difference]:
    """Yield every difference of add-ons and attachments."""
    matched: set[str] = set()
    for written in _written(environment):
        addon = _match(written, app, managed)
        if addon is None:
            text = f"add-on {written.name or written.resource} ({written.plan}) is gone"
            yield Difference(Kind.REMOVED, written.item, text, *authors.of(written.name))
            continue
        matched.add(addon.id)
        yield from _changes(written, addon, authors)
    for addon in app.own_addons:
        if addon.id not in matched:
            yield _added(addon, authors)


def _written(environment: Environment) -> Iterator[WrittenAddon]:
    """Yield the add-ons of a file, with their names in `dynostack.components`."""
    if postgres := environment.postgres:
        databases = {"postgres": postgres} | {
            f"postgres-{key}": each for key, each in postgres.databases.items()
        }
        for resource, each in databases.items():
            key = resource.partition("-")[2]
            item = f"postgres.databases.{key}" if key else "postgres"
            plan = f"{catalogue.POSTGRES_SERVICE}:{each.plan}"
            names = tuple(each.attachments)
            yield WrittenAddon(item, resource, plan, each.name or "", names)
    if memcached := environment.memcached:
        plan = f"{memcached.service}:{memcached.plan}"
        yield WrittenAddon("memcached", "memcached", plan, memcached.name or "", ())
    for key, addon in environment.addons.items():
        names = tuple(addon.attachments)
        yield WrittenAddon(f"addons.{key}", key, addon.plan, addon.name or "", names)


def _match(written: WrittenAddon, app: App, managed: Managed) -> Addon | None:
    """Return the add-on that the state knows, or the one that the file names."""
    identity = managed.addons.get(written.resource)
    for addon in app.own_addons:
        if addon.id == identity or (identity is None and addon.name == written.name):
            return addon
    return None


def _changes(written: WrittenAddon, addon: Addon, authors: Authors) -> Iterator[Difference]:
    if addon.plan != written.plan:
        was = price(catalogue.monthly_price(*written.plan.split(":", 1)))
        text = (
            f"add-on {addon.name} has the plan {addon.plan} ({price(addon.cents)}), the file says"
            f" {written.plan} ({was})"
        )
        yield Difference(Kind.CHANGED, f"{written.item}.plan", text, *authors.of(addon.name))
    if written.name and addon.name != written.name:
        text = f"add-on {written.name} is called {addon.name}"
        yield Difference(Kind.CHANGED, f"{written.item}.name", text)
    there = additional_attachments(addon)
    for name in there:
        # The first cache's other names cannot be in a file.
        if name not in written.attachments and written.item != "memcached":
            text = f"add-on {addon.name} is also attached as {name}"
            item = f"{written.item}.attachments.{name}"
            yield Difference(Kind.ADDED, item, text, *authors.of(name))
    for name in written.attachments:
        if name not in addon.attachments:
            text = f"add-on {addon.name} is no longer attached as {name}"
            item = f"{written.item}.attachments.{name}"
            yield Difference(Kind.REMOVED, item, text, *authors.of(name))


def _added(addon: Addon, authors: Authors) -> Difference:
    names = listed(sorted(addon.attachments)) if addon.attachments else "nothing"
    text = f"add-on {addon.name} ({addon.plan}, {price(addon.cents)}), attached as {names}"
    _, by = authors.of(addon.name, *addon.attachments, *addon.config_vars)
    return Difference(Kind.ADDED, f"addons.{addon.name}", text, addon.created, by)
