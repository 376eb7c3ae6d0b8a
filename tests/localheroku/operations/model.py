"""A second, much shorter model of Heroku: the statuses of calls and their results.

It is written from Heroku's documentation and shares no code with the local Heroku. Each method does
what a call asks for and returns the expected status of the call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

ALL = frozenset({"view", "deploy", "operate", "manage"})
OPS, DEV, GUEST = "ops@acme.example", "dev@acme.example", "guest@else.example"
PEOPLE = (OPS, DEV, GUEST)
MAKERS = ("admin", "member")
INSIDERS = (*MAKERS, "viewer")
STAGES = ("review", "staging", "production")

RIGHTS: Mapping[str, frozenset[str]] = {
    "view": ALL,
    "leave": ALL,
    "own": frozenset({"manage"}),
    "pay": frozenset({"operate"}),
    "share": frozenset({"manage"}),
    "push": frozenset({"deploy"}),
    "change": frozenset({"deploy", "operate"}),
    "operate": frozenset({"operate"}),
}
OWNERS = ("own", "pay")
"""The rights that only the owner of a personal app has."""

SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "heroku-postgresql": ("URL",),
    "memcachier": ("SERVERS", "USERNAME", "PASSWORD"),
    "scheduler": (),
    "papertrail": ("API_TOKEN",),
}
PLANS = {
    "heroku-postgresql:essential-0": False,
    "heroku-postgresql:essential-1": False,
    "memcachier:dev": True,
    "memcachier:100": False,
    "scheduler:standard": True,
    "papertrail:choklad": False,
}
"""Whether a plan is known to be free."""
FIRST_NAMES = {"heroku-postgresql": "DATABASE"}
SIZES = {"eco": "Eco", "basic": "Basic", "standard-1x": "Standard-1X"}
MOST_DYNOS = {"eco": 1, "basic": 1, "standard-1x": 100}
"""The largest quantity of a process type, by size."""

MADE, DONE, FORBIDDEN, MISSING, REFUSED, CONFIRM = 201, 200, 403, 404, 422, 423


@dataclass(eq=False)
class Addon:
    name: str
    app: App
    plan: str
    first_name: str = ""

    @property
    def service(self) -> str:
        return self.plan.partition(":")[0]


@dataclass
class Release:
    own: dict[str, str]
    slug: tuple[str, ...]


@dataclass(eq=False)
class App:
    name: str
    owner: str
    team: bool
    locked: bool
    maintenance: bool = False
    own: dict[str, str] = field(default_factory=dict)
    people: dict[str, frozenset[str]] = field(default_factory=dict)
    releases: list[Release] = field(default_factory=list)
    attached: dict[str, Addon] = field(default_factory=dict)
    types: dict[str, tuple[int, str]] = field(default_factory=dict)
    domains: set[str] = field(default_factory=set)
    drains: list[str] = field(default_factory=list)
    stage: tuple[str, str] | None = None

    def attached_variables(self) -> dict[str, str]:
        return {
            f"{name}_{suffix}": f"{addon.first_name}/{suffix}"
            for name, addon in self.attached.items()
            for suffix in SUFFIXES[addon.service]
        }

    @property
    def slug(self) -> tuple[str, ...]:
        return self.releases[-1].slug if self.releases else ()

    def release(self, slug: tuple[str, ...] = ()) -> None:
        self.releases.append(Release(dict(self.own), slug or self.slug))

    def adopt(self, slug: tuple[str, ...]) -> None:
        first = not self.types
        fresh = {type_: (int(first and type_ == "web"), "Basic") for type_ in slug}
        self.types = {type_: self.types.get(type_, fresh[type_]) for type_ in slug}


class Refusal(Exception):
    """The call ends here, with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def need(holds: object, status: int = REFUSED) -> None:
    if not holds:
        raise Refusal(status)


class Model:
    def __init__(self) -> None:
        self.apps: dict[str, App] = {}
        self.addons: dict[str, Addon] = {}
        self.pipelines: dict[str, str] = {}
        """The owner of each pipeline: a person or the team."""
        self.roles = {OPS: "admin"}

    def perform(self, deed: str, *arguments: Any) -> int:
        """Perform a call and return its status."""
        try:
            status: int = getattr(self, deed)(*arguments)
        except Refusal as refusal:
            return refusal.status
        return status

    def permissions(self, who: str, app: App) -> frozenset[str]:
        if app.team and self.roles.get(who) == "admin":
            return ALL
        if not app.team:
            return ALL if who in app.people else frozenset()
        inside = self.roles.get(who) in INSIDERS and not app.locked
        return app.people.get(who, frozenset()) | ({"view"} if inside else set())

    def _may(self, who: str, app: App, right: str) -> bool:
        if right in OWNERS and not app.team and who != app.owner:
            return False
        return bool(self.permissions(who, app) & RIGHTS[right])

    def _app(self, who: str, name: str, right: str) -> App:
        need(name in self.apps, MISSING)
        need(self._may(who, self.apps[name], right), FORBIDDEN)
        return self.apps[name]

    def _inside(self, who: str, app: App, right: str) -> None:
        """Check access to a resource with its own id; it is missing if the app is not visible."""
        need(self.permissions(who, app), MISSING)
        need(self._may(who, app, right), FORBIDDEN)

    def _pay(self, who: str, app: App, *plans: str) -> None:
        if not all(PLANS.get(plan, True) for plan in plans):
            need(self._may(who, app, "pay"), FORBIDDEN)

    def sees_pipeline(self, who: str, name: str) -> bool:
        insider = self.pipelines[name] == "acme" and self.roles.get(who) in INSIDERS
        return insider or who == self.pipelines[name] or self._may_within(who, name, ALL)

    def _may_within(self, who: str, pipeline: str, enough: frozenset[str]) -> bool:
        return any(self.permissions(who, app) & enough for app in self._apps_in(pipeline))

    def _pipeline(self, who: str, name: str, enough: frozenset[str] = frozenset()) -> None:
        """Check access to a pipeline; in a person's, `enough` on an app gives it to others, too."""
        need(name in self.pipelines and self.sees_pipeline(who, name), MISSING)
        if self.pipelines[name] == "acme":
            need(self.roles.get(who) in MAKERS, FORBIDDEN)
        else:
            owns = who == self.pipelines[name]
            need(owns or self._may_within(who, name, enough), FORBIDDEN)

    # Apps

    def create_app(self, who: str, name: str, team: bool, locked: bool) -> int:
        need(not team or self.roles.get(who) in MAKERS, FORBIDDEN)
        need(name not in self.apps)
        app = self.apps[name] = App(name, who, team, locked and team)
        app.people[who] = ALL
        app.release()
        return MADE

    def rename_app(self, who: str, name: str, other: str) -> int:
        app = self._app(who, name, "own")
        need(other == name or other not in self.apps)
        self.apps[other] = self.apps.pop(name)
        app.name = other
        return DONE

    def maintain(self, who: str, name: str, on: bool) -> int:
        self._app(who, name, "operate").maintenance = on
        return DONE

    def delete_app(self, who: str, name: str) -> int:
        app = self._app(who, name, "own")
        for addon in [addon for addon in self.addons.values() if addon.app is app]:
            self._drop(addon)
        del self.apps[name]
        return DONE

    def set_vars(self, who: str, name: str, changes: Mapping[str, str | None]) -> int:
        app = self._app(who, name, "change")
        attached = app.attached_variables()
        merged = app.own | attached
        differing = {key: value for key, value in changes.items() if merged.get(key) != value}
        need("BAD-KEY" not in differing and not differing.keys() & attached.keys())
        after = {**app.own, **differing}
        app.own = {key: value for key, value in after.items() if value is not None}
        if differing:
            app.release()
        return DONE

    # Add-ons

    def create_addon(
        self, who: str, name: str, plan: str, addon: str, as_: str | None, confirm: bool
    ) -> int:
        app = self._app(who, name, "change")
        self._pay(who, app, plan)
        need(plan in PLANS and addon not in self.addons)
        made = Addon(addon, app, plan, addon)
        self._attach(app, made, as_, confirm)
        self.addons[addon] = made
        return MADE

    def _attach(self, app: App, addon: Addon, name: str | None, confirm: bool) -> None:
        if name is None:
            first = FIRST_NAMES.get(addon.service, addon.service.upper())
            name = f"?{len(app.attached)}" if first in app.attached else first
        need(name != "lower")
        if app.attached.get(name, addon) is not addon:
            need(confirm, CONFIRM)
            app.release()
        app.attached[name] = addon
        app.release()

    def _seen_addon(self, app: App, name: str) -> Addon:
        addon = self.addons.get(name)
        need(addon and (addon.app is app or addon in app.attached.values()), MISSING)
        assert addon
        return addon

    def seen_by(self, app: App) -> dict[str, str]:
        """Return the plans of the app's add-ons and of those that are attached to it."""
        every = self.addons.values()
        seen = [one for one in every if one.app is app or one in app.attached.values()]
        return {addon.name: addon.plan for addon in seen}

    def change_addon(self, who: str, name: str, addon: str, plan: str) -> int:
        found = self._seen_addon(self._app(who, name, "change"), addon)
        need(self._may(who, found.app, "change"), FORBIDDEN)
        self._pay(who, found.app, found.plan, plan)
        need(plan in PLANS and plan.partition(":")[0] == found.service)
        if plan != found.plan:
            found.plan = plan
            found.app.release()
        return DONE

    def rename_addon(self, who: str, name: str, addon: str, other: str) -> int:
        found = self._seen_addon(self._app(who, name, "change"), addon)
        need(self._may(who, found.app, "change"), FORBIDDEN)
        need(other == addon or other not in self.addons)
        self.addons[other] = self.addons.pop(addon)
        found.name = other
        return DONE

    def delete_addon(self, who: str, name: str, addon: str) -> int:
        found = self._seen_addon(self._app(who, name, "change"), addon)
        need(self._may(who, found.app, "change"), FORBIDDEN)
        self._pay(who, found.app, found.plan)
        self._drop(found)
        return DONE

    def _drop(self, addon: Addon) -> None:
        del self.addons[addon.name]
        for app in self.apps.values():
            for name in [name for name, one in app.attached.items() if one is addon]:
                del app.attached[name]
                app.release()

    def attach(self, who: str, name: str, addon: str, as_: str | None, confirm: bool) -> int:
        app = self._app(who, name, "change")
        found = self.addons.get(addon)
        need(found, MISSING)
        assert found
        self._inside(who, found.app, "change")
        self._attach(app, found, as_, confirm)
        return MADE

    def detach(self, who: str, name: str, as_: str) -> int:
        app = self.apps[name]
        self._inside(who, app, "change")
        addon = app.attached[as_]
        own = addon.app is app and list(app.attached.values()).count(addon) == 1
        need(not own)
        del app.attached[as_]
        app.release()
        return DONE

    # Access

    def join(self, who: str, email: str, role: str) -> int:
        need(self.roles.get(who) == "admin", FORBIDDEN)
        self.roles[email] = role
        return DONE

    def share(self, who: str, name: str, email: str, permissions: frozenset[str] | None) -> int:
        """Share an app; `permissions` are for the teams' endpoint, None for the other one."""
        app = self._app(who, name, "share")
        need(app.team or permissions is None, MISSING)
        need(email not in app.people)
        need(permissions is None or permissions <= ALL)
        app.people[email] = frozenset({"view"}) if permissions is None else permissions
        return MADE

    def permit(self, who: str, name: str, email: str, permissions: frozenset[str]) -> int:
        app = self._app(who, name, "share")
        need(app.team and email in app.people, MISSING)
        need(permissions <= ALL)
        app.people[email] = permissions
        return DONE

    def unshare(self, who: str, name: str, email: str) -> int:
        app = self._app(who, name, "leave")
        need(email in app.people, MISSING)
        need(who == email or self._may(who, app, "share"), FORBIDDEN)
        need(email != app.owner)
        del app.people[email]
        return DONE

    # Code and dynos

    def build(self, who: str, name: str, slug: tuple[str, ...]) -> int:
        """Build a source; an empty slug is a source that cannot be built."""
        app = self._app(who, name, "push")
        if slug:
            app.adopt(slug)
            app.release(slug)
        return MADE

    def roll_back(self, who: str, name: str, version: int) -> int:
        app = self._app(who, name, "change")
        need(version <= len(app.releases), MISSING)
        earlier = app.releases[version - 1]
        need(earlier.slug)
        app.own = dict(earlier.own)
        app.adopt(earlier.slug)
        app.release(earlier.slug)
        return MADE

    def scale(self, who: str, name: str, type_: str, quantity: int | str, size: str) -> int:
        app = self._app(who, name, "operate")
        need(type_ in app.types, MISSING)
        present = app.types[type_][0]
        quantity_after = present + int(quantity) if isinstance(quantity, str) else quantity
        need(size in SIZES and 0 <= quantity_after <= MOST_DYNOS[size])
        app.types[type_] = (quantity_after, SIZES[size])
        return DONE

    # Addresses

    def add_domain(self, who: str, name: str, hostname: str) -> int:
        app = self._app(who, name, "operate")
        need("." in hostname and not any(hostname in one.domains for one in self.apps.values()))
        app.domains.add(hostname)
        return MADE

    def remove_domain(self, who: str, name: str, hostname: str) -> int:
        app = self._app(who, name, "operate")
        need(hostname != f"{name}.localhost")
        need(hostname in app.domains, MISSING)
        app.domains.remove(hostname)
        return DONE

    def add_drain(self, who: str, name: str, url: str) -> int:
        app = self._app(who, name, "operate")
        need("://" in url and url not in app.drains and len(app.drains) < 5)
        app.drains.append(url)
        return MADE

    def remove_drain(self, who: str, name: str, url: str) -> int:
        app = self._app(who, name, "operate")
        need(url in app.drains, MISSING)
        app.drains.remove(url)
        return DONE

    # Pipelines

    def create_pipeline(self, who: str, name: str, team: bool) -> int:
        need(name not in self.pipelines)
        need(not team or self.roles.get(who) in MAKERS, FORBIDDEN)
        self.pipelines[name] = "acme" if team else who
        return MADE

    def rename_pipeline(self, who: str, name: str, other: str) -> int:
        self._pipeline(who, name)
        need(other == name or other not in self.pipelines)
        self.pipelines[other] = self.pipelines.pop(name)
        for app in self._apps_in(name):
            app.stage = (other, app.stage[1]) if app.stage else None
        return DONE

    def delete_pipeline(self, who: str, name: str) -> int:
        self._pipeline(who, name)
        for app in self._apps_in(name):
            app.stage = None
        del self.pipelines[name]
        return DONE

    def _apps_in(self, pipeline: str) -> Iterator[App]:
        return (app for app in self.apps.values() if app.stage and app.stage[0] == pipeline)

    def couple(self, who: str, name: str, pipeline: str, stage: str) -> int:
        app = self._app(who, name, "change")
        self._pipeline(who, pipeline, RIGHTS["change"])
        need(stage in STAGES and app.stage is None)
        app.stage = (pipeline, stage)
        return MADE

    def move(self, who: str, name: str, stage: str) -> int:
        app = self.apps[name]
        self._inside(who, app, "change")
        need(stage in STAGES)
        assert app.stage
        app.stage = (app.stage[0], stage)
        return DONE

    def uncouple(self, who: str, name: str) -> int:
        app = self.apps[name]
        self._inside(who, app, "change")
        app.stage = None
        return DONE
