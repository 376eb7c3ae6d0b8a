"""Builds a review from a preview."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from dynostack.environment.elsewhere import is_elsewhere
from dynostack.review import resource_types
from dynostack.review.access import access, holders
from dynostack.review.additions import additions
from dynostack.review.changes import ChangeBuilder
from dynostack.review.context import Context
from dynostack.review.costs import costs
from dynostack.review.digest import digest
from dynostack.review.markup import mapped
from dynostack.review.model import Change, Operation, Review, Severity
from dynostack.review.policies import policy_packs
from dynostack.review.redaction import Mask, shown
from dynostack.review.restarts import restarts
from dynostack.review.rules import ReviewContext, findings
from dynostack.review.source_locations import SourceLocations
from dynostack.review.step import Preview, Step, Violation

NOTHING_KNOWN = Context()
CONFIG_VARS, ELSEWHERE = ("app", "configVars"), ("elsewhere",)
"""Paths of the file."""
GRAVEST_FIRST = (
    Operation.DESTROY,
    Operation.REPLACE,
    Operation.FORGET,
    Operation.UPDATE,
    Operation.CREATE,
    Operation.IMPORT,
)


def build_review(
    preview: Preview,
    directory: Path,
    plan: Mapping[str, Any] | None = None,
    *,
    context: Context = NOTHING_KNOWN,
    secrets: Iterable[str] = (),
    today: date | None = None,
) -> Review:
    """Return the review of a preview.

    Args:
        preview: the engine's preview.
        directory: the project's folder, where the environment's file is.
        plan: the plan that the engine saved; without it there is no digest, and nothing can be
            applied.
        context: the stack's state and its app on Heroku.
        secrets: texts to mask everywhere, in addition to those that the preview itself hides.
        today: the date to compare end-of-life dates with; by default today in UTC.
    """
    mask = Mask.of(preview, secrets, context.state.ids)
    preview = _masked(preview, mask)
    context = replace(context, unavailable=mask(context.unavailable))
    places = SourceLocations.of(directory, preview.stack, preview.project)
    change_builder = ChangeBuilder(places, _needs(plan or {}))
    rule_context = ReviewContext(
        preview,
        places,
        costs(preview.steps),
        tuple(holders(preview.steps, places)),
        today or datetime.now(UTC).date(),
        context,
        bool(policy_packs(directory, preview.stack)),
    )
    found = findings(rule_context)
    known = context.app if preview.complete and not preview.errors else None
    steps = (*preview.steps, *preview.looked_at)
    config_vars, elsewhere = (_listed(places.value(*keys)) for keys in (CONFIG_VARS, ELSEWHERE))
    added = additions(steps, known, config_vars) if known else []
    here = [each for each in added if not is_elsewhere(each.item, elsewhere)]
    stops = preview.errors or any(each.severity is Severity.STOP for each in found)
    return Review(
        project=preview.project,
        stack=preview.stack,
        app=shown(rule_context.app.inputs.get("name", "")) if rule_context.app else "",
        environment=places.file,
        engine=str((plan or {}).get("manifest", {}).get("version", "")),
        digest=digest(preview, plan) if plan and not stops else "",
        changes=_changes(preview.steps, change_builder),
        unchanged=tuple(
            change_builder.resource(each) for each in preview.steps if not each.operation
        ),
        unchanged_count=preview.unchanged_count,
        access=access(preview.steps, places),
        costs=rule_context.costs,
        restarts=restarts(preview.steps),
        findings=found,
        drift=_changes(preview.drift, change_builder),
        additions=tuple(replace(each, text=mapped(each.text, mask)) for each in here),
        elsewhere=len(added) - len(here),
        unread=tuple(map(str, known.unread)) if known else (),
        errors=preview.errors,
        interrupted=tuple(f"{each.operation} {each.name}" for each in context.state.interruptions),
        complete=preview.complete,
    )


def _listed(value: object) -> list[str]:
    """Return the texts of a list or the keys of a mapping; nothing for another value."""
    return list(map(str, value)) if isinstance(value, list | dict) else []


def _changes(steps: Iterable[Step], change_builder: ChangeBuilder) -> tuple[Change, ...]:
    changes = [
        change_builder.change(step, step.operation)
        for step in steps
        if step.operation and not _of_itself(step)
    ]
    return tuple(sorted(changes, key=lambda each: (_rank(each), each.resource.urn)))


def _of_itself(step: Step) -> bool:
    """Return whether a step only creates, updates or destroys the provider itself.

    Nothing on Heroku corresponds to the provider.
    """
    return step.type == resource_types.PROVIDER and step.operation is not Operation.REPLACE


def _rank(change: Change) -> int:
    return GRAVEST_FIRST.index(change.operation)


def _masked(preview: Preview, mask: Mask) -> Preview:
    """Mask secrets in texts that others wrote; values are masked where they are shown."""
    violations = (
        Violation(each.policy, each.urn, mask(each.message), each.mandatory)
        for each in preview.violations
    )
    return replace(preview, errors=tuple(map(mask, preview.errors)), violations=tuple(violations))


def _needs(plan: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    resources: Mapping[str, Any] = plan.get("resourcePlans") or {}
    return {
        urn: tuple(sorted((each.get("goal") or {}).get("dependencies") or ()))
        for urn, each in resources.items()
    }
