"""Rules about risks in production.  Every finding is a warning."""

from collections.abc import Callable, Iterator, Mapping

from dynostack.environment import catalogue
from dynostack.environment.diagnostics.finding import Finding, Path
from dynostack.environment.diagnostics.rule import RuleContext

PRODUCTION_STACKS = frozenset({"prod", "production"})
_has_standby = catalogue.has_high_availability

BILLED = ("operate", "manage")
"""Permissions that let a person change plans and sizes, or grant themselves that right.
https://devcenter.heroku.com/articles/app-permissions"""


def database_that_survives(context: RuleContext) -> Iterator[Finding]:
    """Report production databases that are unprotected, not restorable or without a standby."""
    if not _is_production(context):
        return
    for path, database in _databases(context):
        if database.get("protect") is False:
            message = "an update can destroy this production database"
            yield Finding((*path, "protect"), "DS321", message, "true")
        plan = database.get("plan")
        if isinstance(plan, str):
            yield from _risks((*path, "plan"), plan)


def _risks(path: Path, plan: str) -> Iterator[Finding]:
    if catalogue.rollback_days(plan) == 0:
        message = f"a database on {plan} cannot be restored to a point in time and has no standby"
        restorable, standby = _first(catalogue.rollback_days), _first(_has_standby)
        suggestion = f"{restorable}, which can be restored, or {standby}, which also has a standby"
        yield Finding(path, "DS322", message, suggestion)
    elif _has_standby(plan) is False:
        message = (
            f"{plan} has no standby: if the database fails, production is down until a new one runs"
        )
        larger = plan.replace("standard-", "premium-")
        suggestion = larger if _has_standby(larger) else _first(_has_standby)
        yield Finding(path, "DS323", message, suggestion)


def _first(offers: Callable[[str], object]) -> str:
    return next(plan for plan in catalogue.POSTGRES_PLANS.names if offers(plan))


def few_who_change_the_bill(context: RuleContext) -> Iterator[Finding]:
    """Report collaborators of production who can change plans and sizes without a review."""
    listed = context.file.get("collaborators")
    if not _is_production(context) or not isinstance(listed, list):
        return
    for index, person in enumerate(listed):
        permissions = person.get("permissions") if isinstance(person, dict) else None
        if not isinstance(permissions, list):
            continue
        held = [each for each in BILLED if each in permissions]
        if held:
            at = min(permissions.index(each) for each in held)
            message = (
                f"permissions include {' and '.join(held)}, which can change what production costs"
            )
            path = ("collaborators", index, "permissions", at)
            yield Finding(path, "DS324", message, "only view and deploy, if they are enough")


def _is_production(context: RuleContext) -> bool:
    stage = context.text("pipeline", "stage")
    return stage == "production" or context.stack in PRODUCTION_STACKS


def _databases(context: RuleContext) -> Iterator[tuple[Path, Mapping[str, object]]]:
    yield ("postgres",), context.keys("postgres")
    for key in context.keys("postgres", "databases"):
        yield ("postgres", "databases", key), context.keys("postgres", "databases", key)


RULES = (database_that_survives, few_who_change_the_bill)
