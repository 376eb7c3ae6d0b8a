"""The kinds of changes by hand in `kinds.yaml`, made on an app of the local Heroku."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from dynostack.inventory.app import App
from tests.adopt.world import Adopting

APP, OTHER = "old-shop", "other-shop"


@dataclass(frozen=True)
class ChangeKind:
    """One kind of change."""

    name: str
    calls: list[list[Any]]
    item: str
    kind: str
    says: str
    accept: bool = True
    alone: bool = False

    @property
    def is_said(self) -> bool:
        """Return whether it is a difference from the file."""
        return self.kind != "unsaid"


TABLE: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("kinds.yaml").read_text("utf-8"))
KINDS = [ChangeKind(name, **each) for name, each in TABLE.items()]


@dataclass(frozen=True)
class Names:
    """Ids and names of what the app has before a change."""

    values: dict[str, str]

    @classmethod
    def of(cls, world: Adopting) -> Names:
        """Read them."""
        values = {"app": APP}
        for app, identity, name in ((APP, "id", "name"), (OTHER, "other", "othername")):
            for each in world.call("GET", f"/apps/{app}/addons"):
                service = each["addon_service"]["name"]
                if not each["name"].startswith("rogue-"):
                    values[f"{identity}:{service}"] = each["id"]
                    values[f"{name}:{service}"] = each["name"]
        there = world.there(APP)
        for drain in there.drains:
            host = drain.url.partition("://")[2].partition(":")[0]
            values[f"drain:{host}"] = drain.id
        for addon in there.addons:
            values |= {f"attachment:{name}": each for name, each in addon.attachments.items()}
        values["coupling"] = there.coupling.id if there.coupling else ""
        (values["pipeline"],) = (
            each["id"] for each in world.call("GET", "/pipelines") if each["name"] == "other"
        )
        return cls(values)

    def of_text(self, value: Any) -> Any:
        """Return a value of the table with its names filled in."""
        if isinstance(value, str):
            return re.sub(r"\{([^{}]+)\}", lambda match: self.values[match[1]], value)
        if isinstance(value, dict):
            return {key: self.of_text(each) for key, each in value.items()}
        return [self.of_text(each) for each in value] if isinstance(value, list) else value


def make(world: Adopting, kinds: Iterable[ChangeKind]) -> dict[str, ChangeKind]:
    """Make changes by hand; return each by its item, with all names filled in."""
    names, kinds = Names.of(world), list(kinds)
    identity = world.there(APP).id
    for each in kinds:
        for call in each.calls:
            world.call(*names.of_text(call))
    for addon in world.there(identity).addons:
        if addon.name == "rogue-db":
            names.values["colored"] = " and ".join(sorted(addon.attachments))
    return {
        names.of_text(each.item): replace(each, says=names.of_text(each.says)) for each in kinds
    }


def lasting(app: App) -> dict[str, Any]:
    """Return an app without what no revert can restore: ids, times and releases."""
    return {
        **vars(replace(app, releases=(), processes=frozenset())),
        "addons": {
            each.name: (each.plan, each.cents, sorted(each.attachments), each.app)
            for each in app.addons
        },
        "collaborators": {
            each.email: (each.role, sorted(each.permissions)) for each in app.collaborators
        },
        "config_vars": app.own_config_vars,
        "coupling": app.coupling
        and (app.coupling.stage, app.coupling.pipeline, app.coupling.is_first),
        "domains": {each.hostname for each in app.domains},
        "drains": {each.url for each in app.drains},
        "formation": {name: each for name, each in app.formation.items() if each.quantity},
        "webhooks": {each.url for each in app.webhooks},
    }
