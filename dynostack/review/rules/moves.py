"""Rules about changes of a database that need a move to a new one."""

from __future__ import annotations

import math
from collections.abc import Iterator

from dynostack.environment import catalogue
from dynostack.environment.database_moves import (
    DatabaseMove,
    MoveReason,
    PlanAndVersion,
    downtime_text,
    is_other_tier,
    move_command,
    needed_move,
    steps_text,
)
from dynostack.review import resource_types
from dynostack.review.markup import Code, Markup, joined
from dynostack.review.model import Operation, Severity
from dynostack.review.rules.rule import ReviewContext, RuleResult, rule
from dynostack.review.state import plan_and_version
from dynostack.review.step import Step

VERSION = f"{resource_types.OPTIONS}.version"


@rule("DR104", Severity.STOP)
def needs_a_move(review: ReviewContext) -> Iterator[RuleResult]:
    """A database's plan or version changes in a way that requires a move to a new database.

    Heroku cannot change a plan between the Essential tier and another tier in place, and an apply
    does not change the PostgreSQL version. `dynostack postgres move` copies the data to a new
    database while the site is down.
    https://devcenter.heroku.com/articles/updating-heroku-postgres-databases
    """
    for step in review.databases:
        move = _move(review, step)
        if move is not None:
            path = VERSION if move.reason is MoveReason.VERSION else "plan"
            text = (*review.title(step), ": ", *_reasons(move))
            yield RuleResult(text, _advice(review, step, move), step, path)


def _move(review: ReviewContext, step: Step) -> DatabaseMove | None:
    """Return the move that a database needs, based on the version that it really has.

    If Heroku did not report the version, use the one that the add-on was created with.
    """
    stays = step.operation in (None, Operation.UPDATE)
    if not stays or step.old is None or step.new is None:
        return None
    old, new = plan_and_version(step.old), plan_and_version(step.new)
    details = review.context.databases.get(step.id)
    written = review.places.database(step.name).version
    return needed_move(
        PlanAndVersion(old.plan, details.version if details else old.version),
        PlanAndVersion(new.plan, written),
    )


def _reasons(move: DatabaseMove) -> Markup:
    old, new = move.old, move.new
    tier = ("Heroku cannot change ", Code(old.plan), " to ", Code(new.plan), " in place")
    sides = (Code(old.version), " to ", Code(new.version))
    version = ("an apply does not change its version from ", *sides)
    match move.reason:
        case MoveReason.TIER:
            return tier
        case MoveReason.VERSION:
            return version
        case MoveReason.BOTH:
            return joined((tier, version), ", and ")


def _advice(review: ReviewContext, step: Step, move: DatabaseMove) -> Markup:
    details = review.context.databases.get(step.id)
    steps = steps_text(downtime_text(details.size if details else None))
    finish = command(review, step, "--finish")
    parts: tuple[Markup, ...] = (
        ("after the merge, run ", command(review, step)),
        _downgrade(move),
        (f"The steps: {steps}",),
        (f"Both databases are billed ({move.price_text}) until ", finish, " destroys the old one"),
        _as_it_is(move),
    )
    return joined(parts, ". ")


def _downgrade(move: DatabaseMove) -> Markup:
    if not move.is_downgrade:
        return ()
    new = Code(move.new.version)
    return (
        "Version ",
        new,
        " is older: the move works only if the database uses no newer features",
    )


def _as_it_is(move: DatabaseMove) -> Markup:
    lines: list[Markup] = []
    if move.reason is not MoveReason.VERSION:
        lines.append((Code(f"plan: {move.old.plan}"),))
    if move.reason is not MoveReason.TIER:
        version = move.old.version
        if version in catalogue.POSTGRES_VERSIONS.names:
            lines.append((Code(f'version: "{version}"'),))
        else:
            lines.append(("no ", Code("version")))
    return ("To keep it as it is, write ", *joined(lines, " and "))


def command(review: ReviewContext, step: Step, *options: str) -> Code:
    """Return the command that moves a database."""
    return Code(move_command(review.preview.stack or "STACK", step.name, *options))


def kept(review: ReviewContext, step: Step) -> Markup:
    """Return advice to keep a database, or to move it if only its plan or version changes."""
    forcing = {path.partition(".")[0] for path in forced_by(step)}
    move = needed_move(plan_and_version(step.old), plan_and_version(step.new))
    backup = review.backup(review.name_on_heroku(step))
    if move and forcing and forcing <= {"plan", resource_types.OPTIONS}:
        return ("move it with ", command(review, step), ", or download a backup first: ", backup)
    return ("keep it as it is, or download a backup first: ", backup)


def forced_by(step: Step) -> Iterator[str]:
    """Yield the properties that force the replacement of a resource."""
    for path, difference in step.differences.items():
        if difference.endswith("-replace") or path.partition(".")[0] in step.forced_by:
            yield path


@rule("DR105", Severity.WARN)
def too_few_connections(review: ReviewContext) -> Iterator[RuleResult]:
    """A database's plan allows fewer connections than there are dynos."""
    dynos = sum(_quantity(step) for step in review.steps if step.type == resource_types.FORMATION)
    formation_changes = any(step.type == resource_types.FORMATION for step in review.changed)
    for step in review.databases:
        if step.new is None:
            continue
        plan = plan_and_version(step.new).plan
        most = catalogue.connection_limit(plan)
        if most is not None and dynos > most and (step.operation or formation_changes):
            text = (Code(plan), f" allows {most} connections, but the file declares {dynos} dynos")
            yield RuleResult(text, _more_connections(review, step, dynos), step, "plan")


def _quantity(step: Step) -> int:
    quantity = (step.new or {}).get("quantity")
    return int(quantity) if isinstance(quantity, int | float) else 0


def _more_connections(review: ReviewContext, step: Step, dynos: int) -> Markup:
    """Return advice to write the plan that the database has, or the cheapest that is large enough.

    A plan that was set on Heroku may be large enough: reverting it is what makes it too small.
    """
    present = plan_and_version(step.old).plan
    plan = present if _allows(present, dynos) else _cheapest(dynos)
    fewer = "declare fewer dynos"
    if not plan:
        return (fewer,)
    limit = f"{catalogue.connection_limit(plan):,}"
    if present and is_other_tier(present, plan):
        run = command(review, step, "--plan", plan)
        return ("run ", run, f", which writes a plan with {limit} connections, or {fewer}")
    return ("write ", Code(f"plan: {plan}"), f", which allows {limit} connections, or {fewer}")


def _cheapest(dynos: int) -> str:
    enough = [plan for plan in catalogue.POSTGRES_PLANS.names if _allows(plan, dynos)]
    return min(enough, key=_price, default="")


def _allows(plan: str, dynos: int) -> bool:
    return (catalogue.connection_limit(plan) or 0) >= dynos


def _price(plan: str) -> float:
    cents = catalogue.monthly_price(catalogue.POSTGRES_SERVICE, plan)
    return math.inf if cents is None else cents
