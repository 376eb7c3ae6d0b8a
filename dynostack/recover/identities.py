"""Searches for resources on Heroku without their ids, such as for an add-on by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dynostack.engine.generated_names import is_generated
from dynostack.inventory.platform_api import ApiError, ApiRefusal, PlatformApi

NOT_FOUND = 404
FORBIDDEN = 403

Inputs = Mapping[str, Any]
Listed = Mapping[str, Any]


@dataclass(frozen=True)
class Candidate:
    """Something on Heroku that an interrupted operation may have created."""

    id: str
    """The id that the provider would store; empty if the API key may not see the resource."""
    title: str
    created: str = ""
    """When Heroku created it; empty if the time cannot show that the operation created it."""
    name: str = ""
    """The name that the provider may have generated; empty for types without such names."""


@dataclass(frozen=True)
class Wanted:
    """A resource to search for."""

    kind: str
    inputs: Inputs
    """The inputs, with secrets in plain text."""
    stem: str = ""
    """The prefix of a name that the provider generates; empty to match the name in the inputs."""

    def is_named(self, name: str) -> bool:
        """Return whether a name on Heroku can be the name of the resource."""
        if self.stem:
            return is_generated(name, self.stem)
        return self.inputs.get("name") in (None, "", name)


Search = Callable[[PlatformApi, Wanted], Iterator[Candidate]]


def find(api: PlatformApi, wanted: Wanted) -> list[Candidate]:
    """Return everything on Heroku that can be a resource.

    Args:
        api: Heroku, with the key to use.
        wanted: the resource, of one of the types in `SEARCHES`.

    Raises:
        ApiError: Heroku does not answer, or its response has an unexpected shape.
    """
    try:
        return list(SEARCHES[wanted.kind](api, wanted))
    except (KeyError, TypeError, AttributeError) as error:
        raise ApiError(
            f"the response from {api.url} has an unexpected shape ({type(error).__name__})"
        ) from None


def _listed(api: PlatformApi, path: str) -> list[Listed]:
    """Return the list at a path; empty if its app does not exist."""
    try:
        return api.listing(path)
    except ApiRefusal as refusal:
        if refusal.status == NOT_FOUND:
            return []
        raise


def _app(api: PlatformApi, wanted: Wanted) -> Iterator[Candidate]:
    inputs = wanted.inputs
    try:
        app = api.get(f"/apps/{inputs['name']}")
    except ApiRefusal as refusal:
        if refusal.status == FORBIDDEN:
            yield Candidate("", f"app {inputs['name']}, which this API key may not see")
        elif refusal.status != NOT_FOUND:
            raise
        return
    yield Candidate(app["id"], f"app {app['name']}", app["created_at"])


def _addons(api: PlatformApi, wanted: Wanted) -> Iterator[Candidate]:
    inputs = wanted.inputs
    for each in _listed(api, f"/apps/{inputs['appId']}/addons"):
        name, plan = each["name"], each["plan"]["name"]
        is_of_service = plan.partition(":")[0] == str(inputs["plan"]).partition(":")[0]
        if is_of_service and wanted.is_named(name):
            yield Candidate(each["id"], f"add-on {name} ({plan})", each["created_at"], name)


def _attachments(api: PlatformApi, wanted: Wanted) -> Iterator[Candidate]:
    inputs = wanted.inputs
    for each in _listed(api, f"/apps/{inputs['appId']}/addon-attachments"):
        name = each["name"]
        is_of_addon = inputs["addonId"] in (each["addon"]["id"], each["addon"]["name"])
        has_namespace = (each.get("namespace") or "") == (inputs.get("namespace") or "")
        if is_of_addon and has_namespace and wanted.is_named(name):
            yield Candidate(each["id"], f"attachment {name}", each["created_at"], name)


def _collaborators(api: PlatformApi, wanted: Wanted) -> Iterator[Candidate]:
    inputs = wanted.inputs
    for each in _listed(api, f"/apps/{inputs['appId']}/collaborators"):
        email = str(each["user"]["email"])
        if email.casefold() == str(inputs["email"]).casefold():
            yield Candidate(each["id"], f"collaborator {email}", each["created_at"])


def _domains(api: PlatformApi, wanted: Wanted) -> Iterator[Candidate]:
    inputs = wanted.inputs
    for each in _listed(api, f"/apps/{inputs['appId']}/domains"):
        if each["hostname"] == inputs["hostname"]:
            yield Candidate(each["id"], f"domain {each['hostname']}", each["created_at"])


def _drains(api: PlatformApi, wanted: Wanted) -> Iterator[Candidate]:
    """Yield drains with the address, which is not printed because it may contain a password."""
    inputs = wanted.inputs
    for each in _listed(api, f"/apps/{inputs['appId']}/log-drains"):
        if each["url"] == (inputs.get("sensitiveUrl") or inputs.get("url")):
            yield Candidate(each["id"], f"log drain {each['token']}", each["created_at"])


def _features(api: PlatformApi, wanted: Wanted) -> Iterator[Candidate]:
    """Yield the feature if it is on or off as wanted; every app lists every feature."""
    inputs = wanted.inputs
    for each in _listed(api, f"/apps/{inputs['appId']}/features"):
        if each["name"] == inputs["name"] and each["enabled"] == inputs.get("enabled", True):
            yield Candidate(f"{inputs['appId']}:{each['id']}", f"feature {each['name']}")


def _formations(api: PlatformApi, wanted: Wanted) -> Iterator[Candidate]:
    inputs = wanted.inputs
    for each in _listed(api, f"/apps/{inputs['appId']}/formation"):
        if each["type"] == inputs["type"]:
            yield Candidate(each["id"], f"process type {each['type']}")


def _pipelines(api: PlatformApi, wanted: Wanted) -> Iterator[Candidate]:
    inputs = wanted.inputs
    owner = (inputs.get("owner") or {}).get("id")
    for each in _listed(api, "/pipelines"):
        name, its_owner = each["name"], (each.get("owner") or {}).get("id")
        if wanted.is_named(name) and owner in (None, its_owner):
            yield Candidate(each["id"], f"pipeline {name}", each["created_at"], name)


def _couplings(api: PlatformApi, wanted: Wanted) -> Iterator[Candidate]:
    inputs = wanted.inputs
    try:
        each = api.get(f"/apps/{inputs['appId']}/pipeline-couplings")
    except ApiRefusal as refusal:
        if refusal.status == NOT_FOUND:
            return
        raise
    if (each["pipeline"]["id"], each["stage"]) == (inputs["pipeline"], inputs["stage"]):
        yield Candidate(each["id"], f"stage {each['stage']} of the pipeline", each["created_at"])


APP = "heroku:app/app:App"
ADDON = "heroku:addon/addon:Addon"
BUILD = "heroku:build/build:Build"

SEARCHES: Mapping[str, Search] = {
    APP: _app,
    ADDON: _addons,
    "heroku:addon/attachment:Attachment": _attachments,
    "heroku:app/feature:Feature": _features,
    "heroku:collaborator/collaborator:Collaborator": _collaborators,
    "heroku:domain/domain:Domain": _domains,
    "heroku:drain/drain:Drain": _drains,
    "heroku:formation/formation:Formation": _formations,
    "heroku:pipeline/coupling:Coupling": _couplings,
    "heroku:pipeline/pipeline:Pipeline": _pipelines,
    "heroku:team/collaborator:Collaborator": _collaborators,
}
"""Type of a resource -> the function that searches for it."""

REPEATABLE: Mapping[str, str] = {
    BUILD: "Heroku does not report the source of a build; the next update builds again",
    "heroku:app/configAssociation:ConfigAssociation": "the next update sets the config vars again",
}
"""Type of a resource that the next update can safely create again -> the reason, as printed."""
