"""Resources that an update created but that the state does not have.

If a provider is killed, its engine counts the operations in progress as failed and removes their
records, although Heroku may have completed them.  A restored backup lacks everything that later
updates created.  So search Heroku for each resource that the next update would create, and adopt it
if it was created during one of those updates.
"""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any

from dynostack.engine.exported_state import ExportedState
from dynostack.engine.process import PulumiProcess
from dynostack.recover.identities import Candidate, Wanted, find
from dynostack.recover.planned import UNKNOWN, Plan, add_with_parents, containers, planned
from dynostack.recover.settle import (
    CLOCKS,
    CREATING,
    Settlement,
    Settling,
    Verdict,
    adopted_resource,
)

HISTORY = 20
"""How many of the latest updates to read."""
URL, SECRET_URL = "url", "sensitiveUrl"


@dataclass(frozen=True)
class Window:
    """The time during which updates may have created what the state lacks."""

    start: datetime
    end: datetime

    @classmethod
    def since(cls, save: datetime) -> Window:
        """Return the window from the time when a restored state was saved until now."""
        return cls(save - CLOCKS, datetime.now(UTC) + CLOCKS)

    @classmethod
    def of_history(cls, history: Sequence[Mapping[str, Any]]) -> Window | None:
        """Return the window of the updates that failed since the last success; None if none did.

        Args:
            history: the output of `pulumi stack history --json`, the newest update first.
        """
        updates = [each for each in history if each["kind"] in ("update", "destroy")]
        failed = list(takewhile(lambda each: each["result"] != "succeeded", updates))
        if not failed:
            return None
        start = datetime.fromisoformat(failed[-1]["startTime"])
        # Pulumi Cloud also lists an update that has not ended.
        last = failed[0].get("endTime")
        end = datetime.fromisoformat(last) if last else datetime.now(UTC)
        return cls(start - CLOCKS, end + CLOCKS)

    def has(self, created: str) -> bool:
        """Return whether a creation time is in the window."""
        return bool(created) and self.start <= datetime.fromisoformat(created) <= self.end


def read_window(runner: PulumiProcess, stack: str) -> Window | None:
    """Return the window in which a stack's last updates failed; None if none failed.

    Raises:
        EngineFailed: the engine cannot list the updates.
    """
    options = ("--stack", stack, "--page-size", str(HISTORY), "--page", "1")
    return Window.of_history(runner.answer("stack", "history", "--json", *options) or ())


def lost(settling: Settling, plan: Plan, window: Window) -> list[tuple[Settlement, dict[str, Any]]]:
    """Return what updates created but no state has, each with its resource for the state.

    Args:
        settling: the stack's state, and the Heroku to search.
        plan: the plan of the next update, as the engine saves it.
        window: when updates may have created it.

    Raises:
        ApiError: Heroku does not answer.
        EngineFailed: the secrets of the stack's file cannot be decrypted.
    """
    found = []
    for resource in planned(plan, settling.state):
        candidates = [
            each
            for each in _candidates(settling, resource)
            if window.has(each.created) and each.id not in settling.state.ids
        ]
        # Nothing shows which one of several candidates the update created.
        if len(candidates) == 1:
            (only,) = candidates
            title = f"{CREATING} {resource['urn'].rpartition('::')[2]}"
            reason = f"Heroku has {only.title}, created {only.created} during an update"
            settlement = Settlement(title, resource["urn"], Verdict.ADOPT, reason, only)
            settlement = settling.provisioned(settlement, {"resource": resource})
            if settlement.verdict is Verdict.ADOPT:
                found.append((settlement, _named(resource, only)))
    # Nor is one known to be that of several resources, such as drains with secret addresses.
    owners = Counter(settlement.candidate_id for settlement, _ in found)
    others = settling.elsewhere() if found else frozenset()
    return [
        each
        for each in found
        if owners[each[0].candidate_id] == 1 and each[0].candidate_id not in others
    ]


def _candidates(settling: Settling, resource: Mapping[str, Any]) -> list[Candidate]:
    inputs = resource["inputs"]
    if any(inputs.get(name) == UNKNOWN for name in ("appId", "addonId", "pipeline", "name")):
        return []
    stem = resource["urn"].rpartition("::")[2] if _is_made_up(inputs) else ""
    wanted = [inputs]
    if isinstance(inputs.get(SECRET_URL), dict):
        known = {**inputs, SECRET_URL: None}
        wanted = [{**known, URL: url} for url in _addresses(settling.state)]
    return [
        candidate
        for each in wanted
        for candidate in find(settling.api, Wanted(resource["type"], each, stem))
    ]


def _is_made_up(inputs: Mapping[str, Any]) -> bool:
    """Return whether the provider generated the name; each preview generates another one."""
    return "name" in (inputs.get("__defaults") or ())


def _addresses(state: ExportedState) -> set[str]:
    """Return all URLs in the stack's configuration, with secret ones in plain text."""
    shown = state.runner.answer("config", "--stack", state.stack, "--show-secrets", "--json")
    return {text for each in shown.values() for text in _texts(each) if "://" in text}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        if value.startswith(("{", "[")):
            with suppress(ValueError):
                yield from _texts(json.loads(value))
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _named(resource: dict[str, Any], candidate: Candidate) -> dict[str, Any]:
    """Return a copy of a resource, with the name on Heroku if the provider generated it."""
    named = copy.deepcopy(resource)
    if candidate.name and _is_made_up(named["inputs"]):
        named["inputs"]["name"] = candidate.name
    return named


def is_recorded(state: ExportedState, settlement: Settlement) -> bool:
    """Return whether a state already has what is to be adopted, from another recovery or update."""
    present = state.resource(settlement.urn)
    is_present = bool(present) and not (present or {}).get("pendingReplacement")
    return is_present or settlement.candidate_id in state.ids


def with_lost(
    state: ExportedState, plan: Plan, found: Sequence[tuple[Settlement, dict[str, Any]]]
) -> ExportedState:
    """Return a copy of a state with the resources that it lacked.

    A state from before a section existed lacks its component too.  The engine takes no resource
    whose parent or provider is missing, so these are added from the plan.

    Args:
        state: the state.
        plan: the plan of the next update.
        found: what to adopt, each with its resource.
    """
    new = state.copied()
    adopted = {
        resource["urn"]: adopted_resource(resource, settlement.candidate.id)
        for settlement, resource in found
        if settlement.candidate
    }
    for urn in adopted:
        add_with_parents(new, urn, {**containers(plan), **adopted})
    return new
