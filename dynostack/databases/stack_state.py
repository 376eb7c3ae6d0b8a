"""The stack's Pulumi state: which database each resource stands for."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dynostack.databases.errors import MoveRefused
from dynostack.databases.record import Side
from dynostack.engine.exported_state import ExportedState
from dynostack.engine.pending import pending_message
from dynostack.engine.process import EngineFailed, PulumiProcess
from dynostack.environment.catalogue import POSTGRES_SERVICE
from dynostack.review.resource_types import ADDON, APP, ATTACHMENT
from dynostack.review.step import name_of

LOCKED = "the stack is currently locked"
"""The engine's error if another engine has locked the stack."""
EDIT_TRIES = 5
LOCK_SECONDS = 60.0
LOCK_PAUSE_SECONDS = 0.2


@dataclass
class DatabaseState(ExportedState):
    """A stack's exported state, with its databases."""

    def database(self, name: str) -> dict[str, Any] | None:
        """Return the resource of a database by its name."""
        for each in self.resources:
            if each["type"] == ADDON and name_of(each["urn"]) == name:
                return each
        return None

    def exchange(self, name: str, previous: str, old: Side, new: Side) -> None:
        """Point the resource `name` at the new database, and `previous` at the old one.

        Attachments of the old database become attachments of the new one.
        """
        if (resource := self.database(name)) is None or resource["id"] == new.addon:
            return
        kept = self.database(previous)
        if kept is None:
            kept = copy.deepcopy(resource)
            kept["urn"] = f"{resource['urn'].rpartition('::')[0]}::{previous}"
            kept["dependencies"] = [*resource.get("dependencies", ()), resource["urn"]]
            self.resources.insert(self.resources.index(resource) + 1, kept)
        _become(kept, old)
        kept["protect"] = True
        _become(resource, new)
        for each in self.resources:
            if each["type"] == ATTACHMENT and each["inputs"].get("addonId") == old.addon:
                each["inputs"]["addonId"] = each["outputs"]["addonId"] = new.addon
        self._protect_app()

    def forget(self, name: str) -> None:
        """Remove a database's resource; the database itself stays."""
        resource = self.database(name)
        if resource is None:
            return
        self.resources.remove(resource)
        for each in self.resources:
            if resource["urn"] in each.get("dependencies", ()):
                each["dependencies"].remove(resource["urn"])
        self._protect_app()

    def _protect_app(self) -> None:
        """Protect the app while one of its databases is protected, as the components do."""
        databases = (each for each in self.resources if _is_database(each))
        protected = any(each.get("protect") for each in databases)
        for each in self.resources:
            if each["type"] == APP:
                each["protect"] = protected

    def attachment_ids(self, ids: dict[str, str]) -> None:
        """Update the ids of the attachments to those that Heroku has now, by name."""
        for each in self.resources:
            if each["type"] == ATTACHMENT and each["inputs"].get("name") in ids:
                each["id"] = each["outputs"]["id"] = ids[each["inputs"]["name"]]

    def refresh_databases(self, *names: str) -> None:
        """Refresh databases from Heroku, so that all their outputs are up to date.

        Raises:
            EngineFailed: the engine cannot read them.
        """
        self.refresh(each["urn"] for each in map(self.database, names) if each)


def read_state(runner: PulumiProcess, stack: str) -> DatabaseState:
    """Read the state of a stack, after waiting for a running engine to end.

    Raises:
        MoveRefused: an engine is still running, or one was killed.
        EngineFailed: the stack does not exist, or its state cannot be read.
    """
    deadline = time.monotonic() + LOCK_SECONDS
    while (lock := runner.lock(stack)) and lock.held and time.monotonic() < deadline:
        # An engine outlives the interrupted command that started it, then ends by itself.
        time.sleep(LOCK_PAUSE_SECONDS)
    runner.refuse_lock(stack)
    state = DatabaseState.read(runner, stack)
    if titles := state.pending_titles:
        raise MoveRefused(pending_message(stack, titles))
    return state


def edit_state(
    runner: PulumiProcess, stack: str, edit: Callable[[DatabaseState], None], *refreshed: str
) -> None:
    """Export, edit and import a state; begin again if another engine locks it meanwhile.

    Args:
        runner: the engine.
        stack: the stack's name.
        edit: changes the state; it may be called again.
        refreshed: the names of the databases to refresh from Heroku afterwards.

    Raises:
        MoveRefused: an engine is at work, or was killed.
        EngineFailed: the state cannot be read or written.
    """
    for _ in range(EDIT_TRIES):
        state = read_state(runner, stack)
        edit(state)
        try:
            state.write()
            if refreshed:
                state.refresh_databases(*refreshed)
        except EngineFailed as failed:
            if LOCKED not in str(failed):
                raise
        else:
            return
    raise EngineFailed(f"the state of stack {stack} is locked again and again")


def _become(resource: dict[str, Any], side: Side) -> None:
    """Point a resource at another database; the next refresh updates its other outputs."""
    values = {
        "name": side.name,
        "plan": f"{POSTGRES_SERVICE}:{side.plan}",
        "config": {"version": side.version},
    }
    resource["id"] = side.addon
    resource["inputs"].update(values)
    resource["outputs"].update({**values, "id": side.addon, "providerId": side.addon})


def _is_database(resource: dict[str, Any]) -> bool:
    plan = str((resource.get("inputs") or {}).get("plan", ""))
    return resource["type"] == ADDON and plan.startswith(f"{POSTGRES_SERVICE}:")
