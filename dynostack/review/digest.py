"""One name for everything that a plan would do, the same for each preview of the same change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from dynostack.review.step import Preview, Step

_RANDOM = frozenset({"seed", "ciphertext", "manifest"})
"""Another one at each preview of the same change.  A secret that the file changes is told by its
encrypted text among the plan's `config`, which stays."""


def digest(preview: Preview, plan: Mapping[str, Any]) -> str:
    """SHA-256 of a preview and its saved plan, as sixty-four hexadecimal digits."""
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
    """Leave out what is random; the order of dependencies and of properties that go is, too."""
    if isinstance(value, dict):
        kept = [key for key in value if key not in _RANDOM]
        unordered = {"dependencies", "propertyDependencies", "deletes"}
        return {key: _without_random(value[key], ordered and key not in unordered) for key in kept}
    if isinstance(value, list):
        return (
            [_without_random(each) for each in value] if ordered else sorted(value, key=json.dumps)
        )
    return value
