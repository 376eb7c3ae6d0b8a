"""The digest of everything that a plan would do, the same for each preview of the same change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from dynostack.review.step import Preview, Step

_RANDOM = frozenset({"seed", "ciphertext", "manifest"})
"""Keys whose values differ in each preview of the same change.

A changed secret still changes the digest, which includes its encrypted text in the plan's `config`.
"""


def digest(preview: Preview, plan: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a preview and its saved plan, as 64 hexadecimal digits."""
    whole = {
        "stack": preview.stack,
        "project": preview.project,
        "config": plan.get("config"),
        "resources": _without_random(plan.get("resourcePlans")),
        "steps": _canonical(each for each in preview.steps if each.operation),
        "drift": _canonical(preview.drift),
    }
    text = json.dumps(whole, sort_keys=True, ensure_ascii=False)
    for name in sorted({name for step in preview.steps for name in step.made_up}):
        text = text.replace(json.dumps(name), '"made"')
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(steps: Iterable[Step]) -> list[object]:
    return [
        [step.urn, step.operation, step.id, step.old, step.new, step.differences, step.forced_by]
        for step in sorted(steps, key=lambda step: step.urn)
    ]


def _without_random(value: Any, ordered: bool = True) -> object:
    """Remove random values, and the random order of dependencies and of removed properties."""
    if isinstance(value, dict):
        kept = [key for key in value if key not in _RANDOM]
        unordered = {"dependencies", "propertyDependencies", "deletes"}
        return {key: _without_random(value[key], ordered and key not in unordered) for key in kept}
    if isinstance(value, list):
        return (
            [_without_random(each) for each in value] if ordered else sorted(value, key=json.dumps)
        )
    return value
