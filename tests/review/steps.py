"""Steps as the engine would report them, for tests without an engine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from dynostack.review import resource_types
from dynostack.review.build import NOTHING_KNOWN, build_review
from dynostack.review.context import Context
from dynostack.review.model import Operation, Review
from dynostack.review.step import Preview, Step, Violation

TODAY = date(2026, 11, 22)
Values = dict[str, Any]


def step(
    kind: str,
    name: str,
    old: Values | None,
    new: Values | None,
    *,
    replaced_by: tuple[str, ...] = (),
    protected: bool = True,
) -> Step:
    """Return a step from `old` to `new`: created, destroyed, replaced, updated or unchanged."""
    operation = None
    if old is None or new is None:
        operation = Operation.CREATE if old is None else Operation.DESTROY
    elif replaced_by:
        operation = Operation.REPLACE
    elif old != new:
        operation = Operation.UPDATE
    changed = [
        key
        for key in {**(old or {}), **(new or {})}
        if (old or {}).get(key) != (new or {}).get(key)
    ]
    differences = dict.fromkeys(changed, "update") if old is not None and new is not None else {}
    differences |= dict.fromkeys(replaced_by, "update-replace")
    urn = f"urn:pulumi:{{stack}}::shop::{kind}::{name}"
    return Step(urn, kind, operation, old, new, differences, replaced_by, protected=protected)


def app(old: Values | None = None, new: Values | None = None, **more: Any) -> Step:
    return step(
        resource_types.APP,
        "app",
        *_with({"name": "acme-shop", "stack": "heroku-24"}, old, new),
        **more,
    )


def database(old: str | None, new: str | None, name: str = "postgres", **more: Any) -> Step:
    return step(
        resource_types.ADDON,
        name,
        _addon("heroku-postgresql", old),
        _addon("heroku-postgresql", new),
        **more,
    )


def addon(service: str, old: str | None, new: str | None, **more: Any) -> Step:
    return step(resource_types.ADDON, service, _addon(service, old), _addon(service, new), **more)


def dynos(old: str | None, new: str | None, process: str = "web") -> Step:
    return step(resource_types.FORMATION, process, _dynos(process, old), _dynos(process, new))


def person(email: str, old: list[str] | None, new: list[str] | None) -> Step:
    def values(permissions: list[str] | None) -> Values | None:
        return None if permissions is None else {"email": email, "permissions": permissions}

    return step(resource_types.TEAM_COLLABORATOR, email, values(old), values(new))


def reviewed(
    *steps: Step,
    stack: str = "prod",
    sections: Mapping[str, Any] | None = None,
    directory: Path,
    drift: tuple[Step, ...] = (),
    violations: tuple[Violation, ...] = (),
    errors: tuple[str, ...] = (),
    context: Context = NOTHING_KNOWN,
    **more: Any,
) -> Review:
    """Return the review of some steps and of an environment's file with some sections."""
    (directory / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    config = {
        f"shop:{name}": value
        for name, value in (sections or {"account": "ops@acme.example"}).items()
    }
    (directory / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump({"config": config}))
    preview = Preview(stack, "shop", steps, drift, errors, violations, **more)
    return build_review(preview, directory, context=context, today=TODAY)


def _with(always: Values, *values: Values | None) -> list[Values | None]:
    return [None if each is None else {**always, **each} for each in values]


def _addon(service: str, plan: str | None) -> Values | None:
    """Return an add-on's values from a plan and an optional version, such as `standard-0 17`."""
    if plan is None:
        return None
    name, _, version = plan.partition(" ")
    config = {"config": {"version": version}} if version else {}
    return {"plan": f"{service}:{name}", **config}


def _dynos(process: str, written: str | None) -> Values | None:
    """Return a formation's values from a quantity and Heroku's size, such as `2 Standard-1X`."""
    if written is None:
        return None
    quantity, size = written.split()
    return {"type": process, "quantity": int(quantity), "size": size}
