"""Decides what to do about each interrupted operation, by what exists on Heroku."""

from __future__ import annotations

import copy
import re
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from dynostack.engine.exported_state import ExportedState
from dynostack.engine.locks import Lock
from dynostack.engine.pending import operation_title
from dynostack.inventory.platform_api import ApiRefusal, PlatformApi
from dynostack.provider.resources import SERVED_TYPES, resource_of
from dynostack.recover.errors import RecoverRefused
from dynostack.recover.identities import (
    ADDON,
    BUILD,
    NOT_FOUND,
    REPEATABLE,
    SEARCHES,
    Candidate,
    Wanted,
    find,
)

CREATING = "creating"
CHANGING = ("updating", "deleting")
HEROKU = "heroku:"
PROVIDER = "pulumi:"

CLOCKS = timedelta(minutes=5)
"""How far this machine's clock and Heroku's may be apart."""
LONGEST_OPERATION = timedelta(hours=1)
"""How long before the last save of the state an operation may have started."""
LOOK_AGAIN_SECONDS = 2.0
"""How long a request that an engine sent before it was killed may take to arrive."""
PROVISIONING_SECONDS = 20 * 60.0
BUILD_SECONDS = 20 * 60.0
POLL_SECONDS = 0.5


class Verdict(StrEnum):
    """What to do about an interrupted operation."""

    ADOPT = "adopt"
    """Add what the operation created to the state."""
    FORGET = "forget"
    """Remove the record: the state lacks nothing."""
    READ = "read"
    """Remove the record, and read the resource again."""
    ASK = "ask"
    """Ask a person whether to adopt the candidate, or to remove the record if there is none."""


@dataclass(frozen=True)
class Settlement:
    """One interrupted operation and what to do about it."""

    title: str
    urn: str
    verdict: Verdict
    reason: str
    candidate: Candidate | None = None

    @property
    def candidate_id(self) -> str:
        """Return the id of the candidate; empty if there is none."""
        return self.candidate.id if self.candidate else ""

    def __str__(self) -> str:
        """Return the operation, the reason, and what to do about it."""
        done = {
            Verdict.ADOPT: "adopt it into the state",
            Verdict.FORGET: "remove the record of the operation",
            Verdict.READ: "remove the record of the operation, and refresh the resource",
            Verdict.ASK: "a person has to decide",
        }
        return f"{self.title}: {self.reason}; {done[self.verdict]}"


@dataclass(frozen=True)
class Settling:
    """The interrupted operations of one stack."""

    api: PlatformApi
    state: ExportedState
    locks: Sequence[Lock]
    say: Callable[[str], None]
    waits: bool = True
    """Whether to wait for what Heroku has not completed."""
    elsewhere: Callable[[], frozenset[str]] = frozenset
    """Returns the ids of everything that other stacks manage."""

    def settlements(self) -> list[Settlement]:
        """Return what to do about each operation; wait for builds and add-ons in progress.

        Raises:
            ApiError: Heroku does not answer.
            EngineFailed: the secrets of the state cannot be decrypted.
            RecoverRefused: a build or an add-on is still in progress after 20 minutes.
        """
        if not self.state.pending:
            return []
        revealed = self.state.revealed()
        found = [self._settled(each) for each in revealed]
        missed = [each.verdict is Verdict.FORGET and _is_searched(each.urn) for each in found]
        if any(missed):
            time.sleep(LOOK_AGAIN_SECONDS)
            found = [
                self._settled(each) if again else before
                for each, before, again in zip(revealed, found, missed, strict=True)
            ]
        return list(map(self.provisioned, found, revealed))

    def _settled(self, pending: Mapping[str, Any]) -> Settlement:
        resource, title = pending["resource"], operation_title(pending)
        urn, kind = resource["urn"], resource["type"]

        def settlement(
            verdict: Verdict, reason: str, candidate: Candidate | None = None
        ) -> Settlement:
            return Settlement(title, urn, verdict, reason, candidate)

        if pending["type"] != CREATING:
            existing = self.state.resource(urn)
            if pending["type"] in CHANGING and existing and existing.get("id"):
                return settlement(Verdict.READ, "Heroku has the outcome")
            return settlement(Verdict.FORGET, "the state needs no change")
        if not resource.get("custom") or kind.startswith(PROVIDER):
            return settlement(Verdict.FORGET, "it is not a resource on Heroku")
        if kind in REPEATABLE:
            self._await_build(kind, resource["inputs"])
            return settlement(Verdict.FORGET, REPEATABLE[kind])
        if kind not in SEARCHES:
            return settlement(Verdict.ASK, f"dynostack cannot search for a resource of type {kind}")
        found = [
            each
            for each in find(self.api, Wanted(kind, resource["inputs"]))
            if each.id not in self.state.ids
        ]
        others = self.elsewhere() if found else frozenset()
        if foreign := [each.title for each in found if each.id in others]:
            found = [each for each in found if each.id not in others]
            if not found:
                what = ", ".join(foreign)
                return settlement(Verdict.FORGET, f"{what} belongs to another stack")
        return self._judged(found, resource["inputs"], settlement)

    def _judged(
        self,
        found: Sequence[Candidate],
        inputs: Mapping[str, Any],
        settlement: Callable[..., Settlement],
    ) -> Settlement:
        """Decide about the creation of a resource, by the candidates that Heroku has."""
        if not found:
            return settlement(Verdict.FORGET, "it does not exist on Heroku")
        titles = ", ".join(each.title for each in found)
        if len(found) > 1:
            return settlement(Verdict.ASK, f"Heroku has several candidates: {titles}")
        (only,) = found
        if not only.id:
            return settlement(Verdict.ASK, f"Heroku has {titles}")
        if only.created and datetime.fromisoformat(only.created) < self._earliest:
            reason = f"Heroku has {titles}, created {only.created}, before the update"
            return settlement(Verdict.ASK, reason, only)
        # Heroku makes up a name that the inputs lack: any other one may be meant.
        if only.name and not inputs.get("name"):
            return settlement(Verdict.ASK, f"Heroku has {titles}, a possible match", only)
        return settlement(Verdict.ADOPT, f"Heroku has {titles}", only)

    @property
    def _earliest(self) -> datetime:
        """Return the earliest time at which any of the operations can have started.

        An update takes its lock before its first operation.  Without the lock, only the time of the
        last save of the state is known.
        """
        with suppress(ValueError):
            if self.locks:
                return min(_time(lock.since) for lock in self.locks) - CLOCKS
        return saved_at(self.state) - LONGEST_OPERATION - CLOCKS

    def _await_build(self, kind: str, inputs: Mapping[str, Any]) -> None:
        """Wait for an app's builds to end, so that the next one does not run at the same time."""
        if kind != BUILD or not self.waits:
            return
        self._await(
            lambda: (
                not any(each["status"] == "pending" for each in self._builds(str(inputs["appId"])))
            ),
            BUILD_SECONDS,
            "the build in progress",
        )

    def _builds(self, app: str) -> list[Mapping[str, Any]]:
        try:
            return self.api.listing(f"/apps/{app}/builds")
        except ApiRefusal as refusal:
            if refusal.status == NOT_FOUND:
                return []
            raise

    def provisioned(self, settlement: Settlement, pending: Mapping[str, Any]) -> Settlement:
        """Wait until an add-on to adopt is provisioned; forget it if provisioning fails."""
        addon = settlement.candidate
        if pending["resource"]["type"] != ADDON or not addon:
            return settlement
        if settlement.verdict is not Verdict.ADOPT or not self.waits:
            return settlement
        path = f"/apps/{pending['resource']['inputs']['appId']}/addons/{addon.id}"

        def state() -> str:
            try:
                return str(self.api.get(path)["state"])
            except ApiRefusal as refusal:
                if refusal.status == NOT_FOUND:
                    return "deprovisioned"
                raise

        self._await(lambda: state() != "provisioning", PROVISIONING_SECONDS, addon.title)
        if state() == "provisioned":
            return settlement
        gone = f"Heroku could not provision {addon.title}"
        return Settlement(settlement.title, settlement.urn, Verdict.FORGET, gone)

    def _await(self, is_ready: Callable[[], bool], seconds: float, what: str) -> None:
        deadline = time.monotonic() + seconds
        if not is_ready():
            self.say(f"waiting for {what}")
        while not is_ready():
            if time.monotonic() > deadline:
                raise RecoverRefused(
                    f"{what} is not ready after {seconds / 60:.0f} minutes; nothing was changed:"
                    " run the same command again later"
                )
            time.sleep(POLL_SECONDS)


def edited(state: ExportedState, settlements: Collection[Settlement]) -> ExportedState:
    """Return a copy of a state with what was created, and without interrupted operations."""
    new = state.copied()
    for pending, settlement in zip(state.pending, settlements, strict=True):
        if settlement.verdict is Verdict.ADOPT and settlement.candidate:
            add(new, adopted_resource(pending["resource"], settlement.candidate.id))
    new.deployment.pop("pending_operations", None)
    return new


def add(state: ExportedState, adopted: dict[str, Any]) -> None:
    """Add a resource to a state, in place of the one that it replaces, if any."""
    if replaced := state.resource(adopted["urn"]):
        # A replacement was created, and the engine was to delete the old one.
        replaced["delete"] = True
        state.resources.insert(_place(state, replaced, adopted), adopted)
    else:
        state.resources.append(adopted)


def _place(state: ExportedState, replaced: dict[str, Any], adopted: Mapping[str, Any]) -> int:
    """Return the index of a replacement: after what it depends on, before what depends on it."""
    needed = {*adopted.get("dependencies", ()), adopted.get("parent", "")}
    places = [index for index, each in enumerate(state.resources) if each["urn"] in needed]
    return max([state.resources.index(replaced), *(place + 1 for place in places)])


def to_read(settlements: Collection[Settlement]) -> list[str]:
    """Return the URNs of the resources whose outputs have to be read from Heroku."""
    return [each.urn for each in settlements if each.verdict in (Verdict.ADOPT, Verdict.READ)]


def adopted_resource(pending: Mapping[str, Any], identity: str) -> dict[str, Any]:
    """Return an operation's resource as the state has it once the operation has succeeded.

    It has only the outputs that the provider needs to read the others.
    """
    inputs = pending.get("inputs") or {}
    outputs = {**inputs, "id": identity}
    if pending["type"] in SERVED_TYPES:
        outputs = resource_of(pending["type"]).output(outputs)
    known = {name: value for name, value in outputs.items() if value is not None}
    return {**copy.deepcopy(dict(pending)), "id": identity, "outputs": known}


def _is_searched(urn: str) -> bool:
    return urn.split("::")[2].rpartition("$")[2] in SEARCHES


def saved_at(state: ExportedState) -> datetime:
    """Return when an engine last saved a state."""
    return _time(state.deployment["manifest"]["time"])


def _time(text: str) -> datetime:
    """Parse a time that an engine wrote, without its fraction of a second.

    Raises:
        ValueError: it is no time with a zone; another program wrote it.
    """
    found = datetime.fromisoformat(re.sub(r"\.\d+", "", text))
    if found.tzinfo is None:
        raise ValueError(text)
    return found
