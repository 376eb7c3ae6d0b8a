"""Differences of an app's add-ons and their attachments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from dynostack.comparison.authors import Authors
from dynostack.comparison.difference import Difference, Kind
from dynostack.comparison.edits import Edit
from dynostack.comparison.managed import Managed
from dynostack.description.addons import additional_attachments, database_key, described
from dynostack.description.keys import unique
from dynostack.environment import Environment, catalogue
from dynostack.environment.addons import SECTION_OF_SERVICE
from dynostack.environment.section import listed
from dynostack.inventory import removal
from dynostack.inventory.app import LIVE, Addon, App


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
    is_removable: bool = True
    """Whether it can be removed from the file: further databases need the main one."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the path in the file as keys."""
        return tuple(self.item.split("."))


def differences(
    environment: Environment,
    app: App,
    managed: Managed,
    authors: Authors,
    versions: Mapping[str, str],
) -> Iterator[Difference]:
    """Yield every difference of add-ons and attachments."""
    matched: set[str] = set()
    for written in _written(environment):
        addon = _match(written, app, managed)
        if addon is None:
            text = f"add-on {written.name or written.resource} ({written.plan}) is gone"
            edits = (Edit(written.keys),) if written.is_removable else ()
            yield Difference(Kind.REMOVED, written.item, text, *authors.of(written.name), edits)
            continue
        matched.add(addon.id)
        yield from _changes(written, addon, authors)
        if written.item == "postgres":
            yield from _live(addon, app, authors)
    new = replace(app, addons=tuple(each for each in app.own_addons if each.id not in matched))
    places = _places(environment, new, versions)
    for addon in new.addons:
        yield _added(app, addon, authors, places.get(addon.name))


def added_attachments(
    item: str, addon: Addon, written: Sequence[str], authors: Authors
) -> Iterator[Difference]:
    """Yield each additional attachment of an add-on that the file does not say.

    Args:
        item: the path of the add-on in the file.
        addon: the add-on.
        written: the attachments in the file.
        authors: who changed what.
    """
    for name in additional_attachments(addon):
        # The first cache's other names cannot be in a file.
        if name in written or item == "memcached":
            continue
        text, identity = f"add-on {addon.name} is also attached as {name}", addon.attachments[name]
        edit = Edit((*item.split("."), "attachments"), name, name)
        yield Difference(
            *(Kind.ADDED, f"{item}.attachments.{name}", text, *authors.of(name), (edit,)),
            calls=(removal.attachment(identity),),
            identity=identity,
        )


def _places(environment: Environment, new: App, versions: Mapping[str, str]) -> dict[str, Edit]:
    """Return the edit that adds each new add-on to the file, by the add-on's name.

    A second cache has no place in a file.
    """
    edits: list[Edit] = []
    taken = {*SECTION_OF_SERVICE.values(), *environment.addons}
    databases = set(environment.postgres.databases) if environment.postgres else set()
    for section, value in described(new, versions).sections.items():
        if section == "addons":
            edits += [Edit((section, unique(key, taken)), each) for key, each in value.items()]
        elif section == "memcached" and not environment.memcached:
            edits.append(Edit((section,), value))
        elif section == "postgres":
            others = dict(value)
            further = others.pop("databases", {})
            if environment.postgres:
                key = unique(database_key(_named(new, others["name"])), databases)
                edits.append(Edit((section, "databases", key), others))
            else:
                edits.append(Edit((section,), others))
            for key, each in further.items():
                edits.append(Edit((section, "databases", unique(key, databases)), each))
    return {edit.value["name"]: edit for edit in edits}


def _named(app: App, name: str) -> Addon:
    return next(each for each in app.addons if each.name == name)


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
            is_removable = bool(key) or not postgres.databases
            yield WrittenAddon(item, resource, plan, each.name or "", names, is_removable)
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
        was = catalogue.price_text(catalogue.monthly_price(*written.plan.split(":", 1)))
        text = (
            f"add-on {addon.name} has the plan {addon.plan} ({catalogue.price_text(addon.cents)}),"
            f" the file says {written.plan} ({was})"
        )
        edits = tuple(_plan_edits(written, addon))
        item = f"{written.item}.plan"
        yield Difference(Kind.CHANGED, item, text, *authors.of(addon.name), edits)
    if written.name and addon.name != written.name:
        text = f"add-on {written.name} is called {addon.name}"
        edit = Edit((*written.keys, "name"), addon.name)
        yield Difference(Kind.CHANGED, f"{written.item}.name", text, edits=(edit,))
    yield from added_attachments(written.item, addon, written.attachments, authors)
    keys = (*written.keys, "attachments")
    for name in written.attachments:
        if name not in addon.attachments:
            text = f"add-on {addon.name} is no longer attached as {name}"
            item = f"{written.item}.attachments.{name}"
            edit = Edit(keys, member=name)
            yield Difference(Kind.REMOVED, item, text, *authors.of(name), (edit,))


def _live(main: Addon, app: App, authors: Authors) -> Iterator[Difference]:
    """Yield a promotion of another database than the main one of the file."""
    live = app.live_database
    # An adopted app may have had no such attachment, or one of another app's database.
    if live and live.plan and live.id != main.id:
        text = f"DATABASE_URL is that of {live.name}, not of {main.name}, the file's main database"
        calls = (removal.promotion(app, main, live),)
        when = authors.of(LIVE)
        yield Difference(Kind.CHANGED, "postgres.live", text, *when, calls=calls)


def _plan_edits(written: WrittenAddon, addon: Addon) -> Iterator[Edit]:
    service, _, plan = addon.plan.partition(":")
    if written.item.startswith("addons."):
        yield Edit((*written.keys, "plan"), addon.plan)
        return
    yield Edit((*written.keys, "plan"), plan)
    if written.item == "memcached" and service != written.plan.partition(":")[0]:
        yield Edit((*written.keys, "service"), service)


def _added(app: App, addon: Addon, authors: Authors, edit: Edit | None) -> Difference:
    names = listed(sorted(addon.attachments))
    price = catalogue.price_text(addon.cents)
    text = f"add-on {addon.name} ({addon.plan}, {price}), attached as {names}"
    _, by = authors.of(addon.name, *addon.attachments, *addon.config_vars)
    edits = (edit,) if edit else ()
    calls = (removal.addon(app, addon),)
    item = f"addons.{addon.name}"
    return Difference(Kind.ADDED, item, text, addon.created, by, edits, calls, addon.id)
