"""Rules about data that would be lost, and about changes that Heroku does not make in place."""

from __future__ import annotations

from collections.abc import Iterator

from dynostack.environment import catalogue
from dynostack.review import resource_types
from dynostack.review.markup import Code, Markup, joined, listed
from dynostack.review.model import Operation, Severity
from dynostack.review.rules.rule import ReviewContext, RuleResult, rule
from dynostack.review.step import Step, Values

ESSENTIAL = "essential"
GONE = (Operation.DESTROY, Operation.REPLACE)


@rule("DR101", Severity.BLOCK)
def database_destroyed(review: ReviewContext) -> Iterator[RuleResult]:
    """A database and everything in it would be destroyed."""
    for step in review.losable_databases:
        if step.operation is Operation.DESTROY and not review.is_live(step):
            text = (*review.title(step), " would be destroyed with every row and all backups")
            consent = f"--allow-data-loss {step.name}"
            yield RuleResult(text, _keep(review, step), step, consent=consent)


@rule("DR102", Severity.BLOCK)
def database_replaced(review: ReviewContext) -> Iterator[RuleResult]:
    """A database would be replaced by an empty one."""
    for step in review.losable_databases:
        if step.operation is Operation.REPLACE and not review.is_live(step):
            text = (*review.title(step), " would be replaced by an empty database, forced by ")
            forced = listed(_forcing(step)) or ("its app",)
            consent = f"--allow-data-loss {step.name}"
            first = next(_forcing(step), "")
            advice = _keep(review, step)
            yield RuleResult((*text, *forced), advice, step, first, consent=consent)


def _forcing(step: Step) -> Iterator[str]:
    for path, difference in step.differences.items():
        if difference.endswith("-replace") or path.partition(".")[0] in step.forced_by:
            yield path


def _keep(review: ReviewContext, step: Step) -> Markup:
    backup = review.backup(review.name_on_heroku(step))
    return ("keep it as it is, or download a backup first: ", backup)


@rule("DR103", Severity.BLOCK)
def app_goes(review: ReviewContext) -> Iterator[RuleResult]:
    """The app would be replaced or destroyed, with everything that belongs to it."""
    app = review.app
    if app is None or app.operation not in GONE or review.changes_owner:
        return
    databases = [step.name for step in review.databases if step.old is not None]
    done = "replaced" if app.operation is Operation.REPLACE else "destroyed"
    forced = joined(((", forced by ", Code(each)) for each in app.forced_by), "")
    text: Markup = (*review.title(app.before), f" would be {done}", *forced)
    text = (*text, ", with everything that belongs to it")
    if databases:
        text = (*text, ", including the data of ", *listed(databases))
    consent = f"--allow-data-loss {app.name}"
    keep = "undo the change that causes this; to add a second app, create another stack"
    yield RuleResult(text, (keep,), app, next(iter(app.forced_by), ""), consent=consent)


@rule("DR104", Severity.STOP)
def plan_not_changed_in_place(review: ReviewContext) -> Iterator[RuleResult]:
    """Heroku cannot change a database between an Essential plan and another tier in place.

    https://devcenter.heroku.com/articles/updating-heroku-postgres-databases
    """
    for step in review.databases:
        old, new = plan_of(step.old), plan_of(step.new)
        if step.operation is not Operation.UPDATE or old == new:
            continue
        if old.startswith(ESSENTIAL) != new.startswith(ESSENTIAL):
            text = (*review.title(step), ": Heroku cannot change ", Code(old), " to ")
            why = "; to change the tier, copy the data to a new database while the site is down"
            safe = ", for which dynostack has no safe command yet"
            advice = ("write ", Code(f"plan: {old}"), why, safe)
            yield RuleResult((*text, Code(new), " in place"), advice, step, "plan")


@rule("DR105", Severity.WARN)
def too_few_connections(review: ReviewContext) -> Iterator[RuleResult]:
    """A database's plan allows fewer connections than there are dynos."""
    dynos = sum(_quantity(step) for step in review.steps if step.type == resource_types.FORMATION)
    formation_changes = any(step.type == resource_types.FORMATION for step in review.changed)
    for step in review.databases:
        if step.new is None:
            continue
        plan = plan_of(step.new)
        most = catalogue.connection_limit(plan)
        if most is not None and dynos > most and (step.operation or formation_changes):
            text = (Code(plan), f" allows {most} connections, but the file declares {dynos} dynos")
            advice = ("choose a plan with more connections, or declare fewer dynos",)
            yield RuleResult(text, advice, step, "plan")


def _quantity(step: Step) -> int:
    quantity = (step.new or {}).get("quantity")
    return int(quantity) if isinstance(quantity, int | float) else 0


@rule("DR106", Severity.WARN)
def cache_emptied(review: ReviewContext) -> Iterator[RuleResult]:
    """A cache would lose its contents."""
    for step in filter(resource_types.is_cache, review.changed):
        if step.operation in GONE and not _app_goes(review):
            text = (*review.title(step.before), " would be lost with everything that is cached")
            advice = ("expect slow pages and a busy database until the cache is warm again",)
            yield RuleResult(text, advice, step)


@rule("DR107", Severity.WARN)
def database_unprotected(review: ReviewContext) -> Iterator[RuleResult]:
    """A database is not protected: any later update may replace or destroy it."""
    for step in review.databases:
        changed = step.operation or step.loses_protection
        if step.new is not None and changed and not step.protected:
            text = (*review.title(step), " is not protected: a later update may destroy it")
            yield RuleResult(text, ("write ", Code("protect: true")), step, "protect")


@rule("DR108", Severity.WARN)
def stored_data_lost(review: ReviewContext) -> Iterator[RuleResult]:
    """An add-on other than a database or a cache would lose its stored data."""
    for step in review.changed:
        if (
            step.type != resource_types.ADDON
            or resource_types.is_database(step)
            or resource_types.is_cache(step)
        ):
            continue
        if step.operation in GONE and not _app_goes(review):
            text = (*review.title(step.before), " would be lost with everything that it has stored")
            yield RuleResult(text, ("save the data that you need first",), step)


def _app_goes(review: ReviewContext) -> bool:
    app = review.app
    return app is not None and app.operation in GONE


@rule("DR115", Severity.WARN)
def plan_gets_smaller(review: ReviewContext) -> Iterator[RuleResult]:
    """A database moves to a smaller plan."""
    drifted = {step.urn: step for step in review.preview.drift}
    for step in review.databases:
        old, new = plan_of(step.old), plan_of(step.new)
        if step.operation is not Operation.UPDATE or old == new:
            continue
        for figure, unit in ((catalogue.storage, "MB of data"), (_connections, "connections")):
            before, after = figure(old), figure(new)
            if before is not None and after is not None and after < before:
                text: Markup = (Code(new), f" allows {after:,} {unit}, down from {before:,} with ")
                text = (*text, Code(old))
                if "plan" in drift_of(drifted.get(step.urn)):
                    text = (*text, "; the larger plan was set on Heroku outside Pulumi")
                info = review.heroku("pg:info", review.name_on_heroku(step))
                advice = ("check how much is used first: ", info)
                yield RuleResult(text, advice, step, "plan")


def drift_of(step: Step | None) -> frozenset[str]:
    """Return the properties that were changed on Heroku outside Pulumi."""
    return frozenset(step.differences) if step else frozenset()


def _connections(plan: str) -> int | None:
    return catalogue.connection_limit(plan)


def plan_of(values: Values | None) -> str:
    """Return the plan in a step's values, without its service."""
    return str((values or {}).get("plan", "")).partition(":")[2]
