"""The resources of a plan, as they are in the state once they exist."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from dynostack.engine.exported_state import ExportedState
from dynostack.recover.identities import SEARCHES
from dynostack.recover.settle import add

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""The placeholder in a plan for a value that is unknown until the update.

https://github.com/pulumi/pulumi/blob/v3.258.0/sdk/go/common/resource/plugin/rpc.go
"""
CREATES = ["create"]
CREATES_REPLACEMENT = "create-replacement"
PROVIDERS = "pulumi:providers:"

Plan = Mapping[str, Any]
"""A plan as the engine saves it."""


def planned(plan: Plan, state: ExportedState) -> Iterator[dict[str, Any]]:
    """Yield the resources that an update would create, as they would be in the state.

    If a replacement was to be created, the state still has the resource that was deleted for it.
    """
    for urn, each in (plan.get("resourcePlans") or {}).items():
        goal, steps = each.get("goal") or {}, each.get("steps") or ()
        replaced = state.resource(urn) or {}
        is_created = steps == CREATES or (
            CREATES_REPLACEMENT in steps and replaced.get("pendingReplacement")
        )
        if is_created and goal.get("custom") and goal["type"] in SEARCHES:
            changes = goal.get("inputDiff") or {}
            kept = {**replaced.get("inputs", {}), **(changes.get("updates") or {})}
            inputs = {**kept, **(changes.get("adds") or {})}
            for name in changes.get("deletes") or ():
                inputs.pop(name, None)
            names = ("parent", "provider", "dependencies", "propertyDependencies", "protect")
            kept = {name: goal[name] for name in (*names, *_OPTIONAL) if goal.get(name)}
            yield {"urn": urn, "custom": True, "type": goal["type"], "inputs": inputs, **kept}


_OPTIONAL = ("additionalSecretOutputs", "ignoreChanges", "customTimeouts", "retainOnDelete")
"""Parts of a goal that are also parts of a resource in the state."""


def containers(plan: Plan) -> dict[str, dict[str, Any]]:
    """Return the components and providers that an update would create, by their URNs."""
    found = {}
    for urn, each in (plan.get("resourcePlans") or {}).items():
        goal = each.get("goal") or {}
        is_provider = str(goal.get("type", "")).startswith(PROVIDERS)
        if each.get("steps") == CREATES and (is_provider or not goal.get("custom")):
            resource = {"urn": urn, "custom": is_provider, "type": goal["type"]}
            if is_provider:
                inputs = (goal.get("inputDiff") or {}).get("adds") or {}
                resource |= {"id": str(uuid.uuid4()), "inputs": inputs, "outputs": inputs}
            found[urn] = resource | ({"parent": goal["parent"]} if goal.get("parent") else {})
    return found


def add_with_parents(state: ExportedState, urn: str, missing: Mapping[str, dict[str, Any]]) -> None:
    """Add a resource to a state, after everything that it needs and the state does not have."""
    resource, present = missing.get(urn), state.resource(urn)
    if not resource or (present and not present.get("pendingReplacement")):
        return
    provider, _, identity = resource.get("provider", "").rpartition("::")
    others = [each for urns in resource.get("propertyDependencies", {}).values() for each in urns]
    for each in (resource.get("parent"), provider, *resource.get("dependencies", ()), *others):
        if each:
            add_with_parents(state, each, missing)
    has_provider = state.resource(provider)
    if identity == UNKNOWN and has_provider:
        resource["provider"] = f"{provider}::{has_provider['id']}"
    add(state, resource)
