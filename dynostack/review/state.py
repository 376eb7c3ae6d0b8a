"""The stack's state as the engine exports it: managed resources and interrupted operations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dynostack.environment.catalogue import POSTGRES_SERVICE
from dynostack.environment.database_moves import PlanAndVersion
from dynostack.review import resource_types
from dynostack.review.step import Interruption, Values, name_of


@dataclass(frozen=True)
class StoredDatabase:
    """A database in the state."""

    id: str
    name: str
    """The name that the program gives it."""
    kind: PlanAndVersion


@dataclass(frozen=True)
class StackState:
    """The parts of a stack's state that a review needs."""

    app_id: str = ""
    """The app's id on Heroku; empty if the state has no app."""
    app_name: str = ""
    ids: frozenset[str] = frozenset()
    """The ids of everything that the stack manages."""
    interruptions: tuple[Interruption, ...] = ()
    databases: tuple[StoredDatabase, ...] = ()

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> StackState:
        """Read the output of `pulumi stack export`."""
        deployment = document.get("deployment") or {}
        resources = deployment.get("resources") or ()
        app: Mapping[str, Any] = next(
            (each for each in resources if each["type"] == resource_types.APP), {}
        )
        return cls(
            app.get("id", ""),
            (app.get("outputs") or {}).get("name", ""),
            frozenset(each["id"] for each in resources if each.get("id")),
            tuple(map(_interruption, deployment.get("pending_operations") or ())),
            tuple(_databases(resources)),
        )


def plan_and_version(inputs: Values | None) -> PlanAndVersion:
    """Return a database's plan and version from the inputs of its add-on.

    The version is empty if the add-on was imported or created without one, because Heroku's
    Platform API does not return it.
    """
    plan = str((inputs or {}).get("plan", "")).partition(":")[2]
    options = (inputs or {}).get(resource_types.OPTIONS)
    version = options.get("version") if isinstance(options, dict) else None
    return PlanAndVersion(plan, version if isinstance(version, str) else "")


def _databases(resources: Iterable[Mapping[str, Any]]) -> Iterator[StoredDatabase]:
    for each in resources:
        inputs = each.get("inputs") or {}
        service = str(inputs.get("plan", "")).partition(":")[0]
        is_kept = each.get("id") and not each.get("delete")
        if each["type"] == resource_types.ADDON and service == POSTGRES_SERVICE and is_kept:
            yield StoredDatabase(each["id"], name_of(each["urn"]), plan_and_version(inputs))


def _interruption(pending: Mapping[str, Any]) -> Interruption:
    resource = pending["resource"]
    name = (resource.get("inputs") or {}).get("name", "")
    return Interruption(resource["urn"], pending["type"], name if isinstance(name, str) else "")
