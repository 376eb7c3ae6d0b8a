"""The stack's state as the engine exports it: managed resources and interrupted operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dynostack.review import resource_types
from dynostack.review.step import Interruption


@dataclass(frozen=True)
class StackState:
    """The parts of a stack's state that a review needs."""

    app_id: str = ""
    """The app's id on Heroku; empty if the state has no app."""
    app_name: str = ""
    ids: frozenset[str] = frozenset()
    """The ids of everything that the stack manages."""
    interruptions: tuple[Interruption, ...] = ()

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
        )


def _interruption(pending: Mapping[str, Any]) -> Interruption:
    resource = pending["resource"]
    name = (resource.get("inputs") or {}).get("name", "")
    return Interruption(resource["urn"], pending["type"], name if isinstance(name, str) else "")
