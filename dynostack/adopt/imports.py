"""The state of an app that exists already: each planned resource with its id on Heroku."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dynostack.engine.exported_state import ExportedState
from dynostack.environment.catalogue import POSTGRES_SERVICE
from dynostack.environment.source.project_folder import ProjectFolder
from dynostack.inventory.platform_api import PlatformApi
from dynostack.recover.identities import Wanted, find
from dynostack.recover.planned import UNKNOWN, Plan, add_with_parents, containers, planned
from dynostack.recover.settle import adopted_resource
from dynostack.review.source_locations import SourceLocations

DRAIN = "heroku:drain/drain:Drain"
URL, SECRET_URL = "url", "sensitiveUrl"
Resource = dict[str, Any]


@dataclass(frozen=True)
class Imports:
    """The resources of a plan, and what Heroku has of them."""

    api: PlatformApi
    state: ExportedState
    """The stack's state before, which has no resources."""
    plan: Plan
    places: SourceLocations
    """The stack's file."""

    def state_with_them(self) -> ExportedState:
        """Return the state with everything that Heroku has.

        A planned resource that Heroku does not have is left out; the next preview creates it.

        Raises:
            ApiError: Heroku does not answer.
            EngineFailed: the secrets of the stack's file cannot be decrypted.
        """
        wanted = {each["urn"]: each for each in planned(self.plan, self.state)}
        found: dict[str, Resource | None] = {}
        for urn in wanted:
            self._find(urn, wanted, found)
        there = {urn: resource for urn, resource in found.items() if resource}
        new = self.state.copied()
        for urn in there:
            add_with_parents(new, urn, {**containers(self.plan), **there})
        return new

    def _find(
        self, urn: str, wanted: Mapping[str, Resource], found: dict[str, Resource | None]
    ) -> Resource | None:
        """Return a resource with its id, after those that its inputs refer to; None if missing."""
        if urn not in found:
            found[urn] = None
            resource = wanted[urn]
            for name, urns in (resource.get("propertyDependencies") or {}).items():
                if resource["inputs"].get(name) == UNKNOWN and urns:
                    owner = self._find(urns[0], wanted, found) if urns[0] in wanted else None
                    if owner is None:
                        return None
                    resource["inputs"][name] = owner["id"]
            candidates = find(self.api, self._wanted(resource))
            # Several candidates are never meant: names, addresses and stages are unique.
            if len(candidates) == 1 and candidates[0].id:
                found[urn] = adopted_resource(self._said(resource), candidates[0].id)
        return found[urn]

    def _said(self, resource: Resource) -> Resource:
        """Return a resource without a PostgreSQL version that is only the program's default.

        Heroku does not report the version of a database; the state would have a wrong one.
        """
        name = resource["urn"].rpartition("::")[2]
        service = str(resource["inputs"].get("plan", "")).partition(":")[0]
        if service != POSTGRES_SERVICE or self.places.database(name).version:
            return resource
        kept = {key: each for key, each in resource["inputs"].items() if key != "config"}
        return {**resource, "inputs": kept}

    def _wanted(self, resource: Resource) -> Wanted:
        inputs = resource["inputs"]
        if resource["type"] == DRAIN and isinstance(inputs.get(SECRET_URL), dict):
            address = self._drains().get(resource["urn"].rpartition("::")[2])
            inputs = {**inputs, SECRET_URL: None, URL: address}
        return Wanted(resource["type"], inputs)

    def _drains(self) -> Mapping[str, str]:
        """Return the addresses of the drains in the stack's file, also of those encrypted."""
        shown = self.state.runner.answer(
            "config", "--stack", self.state.stack, "--show-secrets", "--json"
        )
        project = ProjectFolder(self.state.runner.project).project
        value = (shown.get(f"{project}:drains") or {}).get("value") or "{}"
        found = json.loads(value) if isinstance(value, str) else value
        return found if isinstance(found, dict) else {}


def urns_on_heroku(state: ExportedState) -> list[str]:
    """Return the URNs of a state's resources that are on Heroku."""
    return [
        each["urn"]
        for each in state.resources
        if each.get("custom") and not each["type"].startswith("pulumi:")
    ]
