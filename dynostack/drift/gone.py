"""The state without what somebody removed from Heroku.

The published provider stops a refresh at such a resource, unless it is an app or an add-on.
"""

from __future__ import annotations

from collections.abc import Iterator

from dynostack.engine.exported_state import ExportedState
from dynostack.inventory.platform_api import ApiRefusal, PlatformApi
from dynostack.recover.identities import ADDON, NOT_FOUND

LISTS = {
    ADDON: "addons",
    "heroku:addon/attachment:Attachment": "addon-attachments",
    "heroku:collaborator/collaborator:Collaborator": "collaborators",
    "heroku:domain/domain:Domain": "domains",
    "heroku:drain/drain:Drain": "log-drains",
    "heroku:formation/formation:Formation": "formation",
    "heroku:pipeline/coupling:Coupling": "pipeline-couplings",
    "heroku:team/collaborator:Collaborator": "collaborators",
}
"""Type of a resource -> the list of an app that has it."""


def without_gone(state: ExportedState, api: PlatformApi) -> ExportedState:
    """Return a copy of a state without the resources that Heroku no longer has.

    Raises:
        ApiError: Heroku does not answer.
    """
    gone = set(_gone(state, api))
    new = state.copied()
    new.deployment["resources"] = [each for each in new.resources if each["urn"] not in gone]
    for each in new.resources:
        for name in ("dependencies", "propertyDependencies"):
            if name not in each:
                continue
            if isinstance(each[name], list):
                each[name] = [urn for urn in each[name] if urn not in gone]
            else:
                each[name] = {
                    key: [urn for urn in urns if urn not in gone]
                    for key, urns in each[name].items()
                }
    return new


def _gone(state: ExportedState, api: PlatformApi) -> Iterator[str]:
    for each in state.resources:
        app = (each.get("inputs") or {}).get("appId")
        part = LISTS.get(each["type"])
        if part and app and each["id"] not in _ids(api, f"/apps/{app}/{part}"):
            yield each["urn"]


def _ids(api: PlatformApi, path: str) -> set[str]:
    try:
        found = api.get(path)
    except ApiRefusal as refusal:
        if refusal.status == NOT_FOUND:
            return set()
        raise
    return {each["id"] for each in (found if isinstance(found, list) else [found])}
