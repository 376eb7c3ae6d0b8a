"""Responses of the Platform API as an app's typed data.

https://devcenter.heroku.com/articles/platform-api-reference
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dynostack.inventory import domains
from dynostack.inventory.app import (
    Addon,
    App,
    Collaborator,
    Coupling,
    Drain,
    Dynos,
    Part,
    Release,
    Webhook,
)

STAGES = ("test", "review", "development", "staging", "production")
"""The stages of a pipeline, the last one most advanced."""

Record = Mapping[str, Any]


def app(found: Record, read: Mapping[Part, Any], unread: Mapping[Part, str]) -> App:
    """Return an app.

    Args:
        found: the app's own response.
        read: the response of each part that was read.
        unread: each part that could not be read -> Heroku's reason.
    """
    team = found.get("team") or {}
    formation = read.get(Part.FORMATION, ())
    return App(
        id=found["id"],
        name=found["name"],
        team=team.get("name", ""),
        region=found["region"]["name"],
        acm=bool(found["acm"]),
        addons=_addons(found["id"], read.get(Part.ADDONS, ()), read.get(Part.ATTACHMENTS, ())),
        processes=frozenset(each["type"] for each in formation),
        stack=found["build_stack"]["name"],
        owner=found["owner"]["email"],
        space=(found.get("space") or {}).get("name", ""),
        maintenance=bool(found["maintenance"]),
        buildpacks=tuple(_buildpacks(read.get(Part.BUILDPACKS, ()))),
        collaborators=tuple(map(_collaborator, read.get(Part.COLLABORATORS, ()))),
        config_vars=read.get(Part.CONFIG_VARS, {}),
        coupling=_coupling(read.get(Part.COUPLING)),
        domains=domains.parsed(read.get(Part.DOMAINS, ())),
        drains=tuple(map(_drain, read.get(Part.DRAINS, ()))),
        features=frozenset(each["name"] for each in read.get(Part.FEATURES, ()) if each["enabled"]),
        formation={each["type"]: _dynos(each) for each in formation},
        releases=tuple(map(_release, read.get(Part.RELEASES, ()))),
        webhooks=tuple(map(_webhook, read.get(Part.WEBHOOKS, ()))),
        unread=unread,
    )


def _addons(app: str, addons: Iterable[Record], attachments: Iterable[Record]) -> tuple[Addon, ...]:
    """Return an app's add-ons; Heroku also lists those of other apps that are attached to it."""
    own = {each["id"]: each for each in addons if each["app"]["id"] == app}
    attached: dict[str, list[Record]] = {identity: [] for identity in own}
    for each in attachments:
        attached.setdefault(each["addon"]["id"], []).append(each)
    return tuple(_addon(own.get(identity), each) for identity, each in attached.items())


def _addon(own: Record | None, attachments: list[Record]) -> Addon:
    """Return an add-on from its record, or from its attachments if it is another app's."""
    brief = own or attachments[0]["addon"]
    price = (own or {}).get("billed_price") or {}
    names = {each["name"]: each["id"] for each in attachments}
    set_by_it = {name for each in attachments for name in each.get("config_vars") or ()}
    return Addon(
        id=brief["id"],
        name=brief["name"],
        plan=own["plan"]["name"] if own else "",
        attachments=names,
        state=(own or {}).get("state", "provisioned"),
        cents=None if price.get("contract") else price.get("cents"),
        created=(own or {}).get("created_at", ""),
        config_vars=frozenset({*set_by_it, *(own or {}).get("config_vars", ())}),
        app=(brief.get("app") or {}).get("name", ""),
    )


def _buildpacks(installations: Iterable[Record]) -> Iterable[str]:
    for each in sorted(installations, key=lambda each: int(each["ordinal"])):
        yield each["buildpack"]["name"] or each["buildpack"]["url"]


def _collaborator(found: Record) -> Collaborator:
    return Collaborator(
        email=found["user"]["email"],
        role=found.get("role") or "",
        permissions=tuple(each["name"] for each in found.get("permissions") or ()),
        created=found["created_at"],
    )


def _drain(found: Record) -> Drain:
    return Drain(found["id"], found["url"], bool(found.get("addon")), found["created_at"])


def _dynos(found: Record) -> Dynos:
    size = found.get("size") or (found.get("dyno_size") or {}).get("name", "")
    return Dynos(found["quantity"], size)


def _coupling(found: Record | None) -> Coupling | None:
    if found is None:
        return None
    first = max(found["others"], key=_advancement, default=found)
    pipeline = found["pipeline"]
    is_first = first["app"]["id"] == found["app"]["id"]
    return Coupling(
        *(found["stage"], pipeline["id"], pipeline["name"], found["id"], found["created_at"]),
        is_first=is_first,
    )


def _advancement(coupling: Record) -> tuple[int, float]:
    """Return a key by which the most advanced and then the oldest coupling is the largest."""
    digits = "".join(each for each in coupling["created_at"] if each.isdigit())
    return STAGES.index(coupling["stage"]), -float(digits or 0)


def _release(found: Record) -> Release:
    return Release(
        version=found["version"],
        author=(found.get("user") or {}).get("email", ""),
        description=found.get("description") or "",
        created=found["created_at"],
        slug=(found.get("slug") or {}).get("id", ""),
        is_current=bool(found["current"]),
    )


def _webhook(found: Record) -> Webhook:
    entities = tuple(found.get("include") or ())
    return Webhook(found["id"], found["url"], entities, found.get("created_at") or "")
