"""Permissions that people gain or lose.

https://devcenter.heroku.com/articles/app-permissions
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dynostack.environment.collaborators import PERMISSIONS
from dynostack.review import redaction, resource_types
from dynostack.review.markup import Code, Markup, Part
from dynostack.review.model import AccessChange, Operation, SourceLocation
from dynostack.review.source_locations import SourceLocations
from dynostack.review.step import Step, Values

COLLABORATE = "collaborate"
"""The only permission of a personal app's collaborators, which cannot be restricted."""

WORDS = {
    COLLABORATE: "work on the app: deploy, read and change its config vars, scale its dynos",
    "view": "see the app and its logs",
    "deploy": "deploy code",
    "operate": "change what is billed: dyno sizes and quantities, add-ons and their plans",
    "manage": "decide who has access, and delete the app",
}
"""A permission -> the words that follow `can` in a sentence."""


@dataclass(frozen=True)
class Holder:
    """One person's permissions before and after the change."""

    who: str
    old: frozenset[str]
    new: frozenset[str]
    place: SourceLocation | None


def holders(steps: Iterable[Step], places: SourceLocations) -> list[Holder]:
    """Return each person with access before or after the change, sorted by email address."""
    found: dict[str, Holder] = {}
    for step in steps:
        if step.type not in (resource_types.COLLABORATOR, resource_types.TEAM_COLLABORATOR):
            continue
        who = redaction.shown(step.inputs.get("email", step.name)).lower()
        before = found.get(who, Holder(who, frozenset(), frozenset(), None))
        old, new = _permissions(step, step.old), _permissions(step, _afterwards(step))
        place = before.place or places.of_step(step)
        found[who] = Holder(who, before.old | old, before.new | new, place)
    return [found[who] for who in sorted(found)]


def access(steps: Iterable[Step], places: SourceLocations) -> tuple[AccessChange, ...]:
    """Return the changes for each person, with those who gain permissions first."""
    changed = [_change(each) for each in holders(steps, places) if each.old != each.new]
    return tuple(sorted(changed, key=lambda each: (not each.gained, each.who)))


def allows(permission: str) -> Part:
    """Return the words that follow `can` for a permission, or the name of an unknown one."""
    return WORDS.get(permission) or Code(permission)


def _afterwards(step: Step) -> Values | None:
    return step.old if step.operation is Operation.FORGET else step.new


def _permissions(step: Step, values: Values | None) -> frozenset[str]:
    if values is None:
        return frozenset()
    if step.type == resource_types.COLLABORATOR:
        return frozenset({COLLABORATE})
    listed = values.get("permissions")
    return frozenset(map(str, listed if isinstance(listed, list) else ()))


def _change(holder: Holder) -> AccessChange:
    gained, lost = _ordered(holder.new - holder.old), _ordered(holder.old - holder.new)
    who = Code(holder.who)
    words: list[Markup] = [(who, " can now ", allows(each)) for each in gained]
    if not holder.new:
        words.append((who, " no longer has access"))
    else:
        words += [(who, " can no longer ", allows(each)) for each in lost]
    return AccessChange(holder.who, gained, lost, tuple(words), holder.place)


def _ordered(permissions: Iterable[str]) -> tuple[str, ...]:
    order = (COLLABORATE, *PERMISSIONS)
    known = [each for each in order if each in set(permissions)]
    return (*known, *sorted(set(permissions) - set(order)))
