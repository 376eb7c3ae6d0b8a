"""The resources of a stack that items of its file belong to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from dynostack.comparison.difference import Difference

ADDON = "heroku:addon/addon:Addon"
ATTACHMENT = "heroku:addon/attachment:Attachment"
TYPES = {
    "app": ("heroku:app/app:App",),
    "collaborators": (
        "heroku:collaborator/collaborator:Collaborator",
        "heroku:team/collaborator:Collaborator",
    ),
    "domains": ("heroku:domain/domain:Domain",),
    "drains": ("heroku:drain/drain:Drain",),
    "features": ("heroku:app/feature:Feature",),
    "formation": ("heroku:formation/formation:Formation",),
    "pipeline": ("heroku:pipeline/coupling:Coupling",),
}
"""Section of a file -> the types of its resources; add-ons are found by their names alone."""
SINGLE = ("app", "pipeline")
"""Sections with one resource of their type."""


def targets(differences: Iterable[Difference], resources: Iterable[dict[str, Any]]) -> list[str]:
    """Return the URNs of the resources in a state that differences are about.

    Config vars are part of the app's resource, so all of them are targeted together.
    """
    present = [each for each in resources if each.get("custom") and not each.get("delete")]
    found = [urn for each in differences for urn in _urns(each.item, present)]
    return list(dict.fromkeys(found))


def _urns(item: str, resources: list[dict[str, Any]]) -> Iterator[str]:
    section, _, rest = item.partition(".")
    types, name = TYPES.get(section, (ADDON,)), rest
    if section not in TYPES:
        types, name = _of_addon(section, rest)
    for each in resources:
        own = each["urn"].rpartition("::")[2]
        if each["type"] in types and (section in SINGLE or own == name):
            yield each["urn"]


def _of_addon(section: str, rest: str) -> tuple[tuple[str, ...], str]:
    """Return the type and name of the resource of an add-on or an attachment.

    The names are those that `dynostack.components` gives.
    """
    owner, is_attachment, attachment = rest.rpartition("attachments.")
    if is_attachment:
        return (ATTACHMENT,), attachment.lower()
    keys = owner.split(".") if owner else rest.split(".")
    if section == "addons":
        return (ADDON,), keys[0]
    is_further = keys[0] == "databases"
    return (ADDON,), f"{section}-{keys[1]}" if is_further else section
