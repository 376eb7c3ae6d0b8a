"""Reviewed plans that an earlier apply started, found in the stack's update history.

`dynostack apply` writes a record of the plan into the message of the update.  When the update fails
halfway, the next apply of the same digest finds the record, and continues if everything that is
left to do was part of the reviewed plan.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

from dynostack.review import resource_types
from dynostack.review.changes import value
from dynostack.review.model import Operation
from dynostack.review.step import Preview, Step, name_of

History = Sequence[Mapping[str, Any]]
TITLE = "dynostack apply --reviewed "
SUCCEEDED = "succeeded"
REFRESH = "refresh"
"""The kind of a history entry for a refresh, which only reads."""
_DIGITS = 12
"""The number of hexadecimal digits of a fingerprint: enough to notice any change, and short."""
LONGEST_MESSAGE = 100_000
"""In characters.  Linux limits one argument of a program to 131,072 bytes."""

CONTINUES = {
    Operation.CREATE: {Operation.CREATE, Operation.UPDATE},
    Operation.IMPORT: {Operation.IMPORT},
    Operation.UPDATE: {Operation.UPDATE},
    Operation.REPLACE: {Operation.REPLACE, Operation.CREATE, Operation.DESTROY},
    Operation.DESTROY: {Operation.DESTROY},
    Operation.FORGET: {Operation.FORGET},
}
"""A reviewed operation -> the operations that may be left of it after a failure.

A resource that was created but not completed is updated; either half of a replacement may be left.
"""


def message(digest: str, preview: Preview, plan: Mapping[str, Any]) -> str:
    """Return the message of the update that applies a plan."""
    title = f"{TITLE}{digest}"
    text = f"{title}\n{json.dumps(record(preview, plan), separators=(',', ':'))}"
    return text if len(text) <= LONGEST_MESSAGE else title


def was_applied(digest: str, history: History) -> bool:
    """Return whether an update of the stack started to apply a digest.

    Args:
        digest: the digest of a reviewed plan.
        history: the output of `pulumi stack history --json`, the newest update first.
    """
    return any(_digest(update) == digest for update in history)


def begun(digest: str, history: History) -> Mapping[str, Any] | None:
    """Return the record of a reviewed plan that failed halfway, as its first update wrote it.

    A plan counts only if nothing else was applied since: an old plan must not undo a newer one.

    Args:
        digest: the digest of a reviewed plan.
        history: the output of `pulumi stack history --json`, the newest update first.

    Returns:
        The result of `record`; None if no update started the plan, if the plan was applied
        completely, or if it was too large for the message.
    """
    updates = (each for each in history if each.get("kind") != REFRESH)
    latest = [*takewhile(lambda each: _digest(each) == digest, updates)]
    if not latest or latest[0].get("result") == SUCCEEDED:
        return None
    _, _, text = str(latest[-1]["message"]).partition("\n")
    return dict(json.loads(text)) if text else None


def _digest(update: Mapping[str, Any]) -> str:
    title = str(update.get("message", "")).partition("\n")[0]
    return title.removeprefix(TITLE) if title.startswith(TITLE) else ""


def record(preview: Preview, plan: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fingerprints of the file and of every step of a plan."""
    steps = (step for step in preview.steps if step.operation)
    return {
        "config": _fingerprint(plan.get("config")),
        "steps": {_fingerprint(step.urn): _step(step) for step in steps},
    }


def unreviewed(preview: Preview, plan: Mapping[str, Any], reviewed: Mapping[str, Any]) -> list[str]:
    """Return the names of the resources whose changes were not part of the reviewed plan.

    Args:
        preview: the preview of what is left to do.
        plan: the plan that the engine saved for that preview.
        reviewed: the record of the plan that was reviewed.
    """
    if reviewed.get("config") != _fingerprint(plan.get("config")):
        return ["the environment's file"]
    steps: Mapping[str, Any] = reviewed["steps"]
    left = [step for step in preview.steps if step.operation]
    other = [step.urn for step in left if not _is_part(step, steps.get(_fingerprint(step.urn)))]
    drifted = [step.urn for step in preview.drift if not _is_done(step, steps)]
    return [name_of(urn) for urn in dict.fromkeys((*other, *drifted))]


def _step(step: Step) -> dict[str, Any]:
    return {
        "operation": step.operation,
        "goal": _goal(step),
        "changes": {
            path: [_fingerprint(value(side, path)) for side in (step.old, step.new)]
            for path in sorted(step.differences)
        },
    }


def _is_part(step: Step, reviewed: Mapping[str, Any] | None) -> bool:
    """Return whether a step is only the unfinished rest of a reviewed step."""
    if reviewed is None or step.operation not in CONTINUES[Operation(reviewed["operation"])]:
        return False
    if step.operation is Operation.DESTROY:
        return True
    if _goal(step) != reviewed["goal"]:
        return False
    if step.operation != reviewed["operation"]:
        return True
    changes: dict[str, Any] = _step(step)["changes"]
    return all(reviewed["changes"].get(path) == sides for path, sides in changes.items())


def _is_done(drift: Step, steps: Mapping[str, Any]) -> bool:
    """Return whether a reviewed step made this change on Heroku before the update failed."""
    reviewed = steps.get(_fingerprint(drift.urn))
    if reviewed is None:
        return False
    if drift.operation is Operation.DESTROY:
        return reviewed["operation"] in (Operation.DESTROY, Operation.REPLACE)
    done = {path: sides[1] for path, sides in reviewed["changes"].items()}
    return all(done.get(path) == _fingerprint(value(drift.new, path)) for path in drift.differences)


def _goal(step: Step) -> str:
    """Return the fingerprint of the inputs without ids, which are unknown at first."""
    goal = {
        key: each for key, each in (step.new or {}).items() if key not in resource_types.IDENTITIES
    }
    text = json.dumps(goal, sort_keys=True)
    for name in sorted(step.made_up):
        text = text.replace(json.dumps(name), '""')
    return _fingerprint(text)


def _fingerprint(content: object) -> str:
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
