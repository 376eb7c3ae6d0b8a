"""Rules about databases and other data that would be lost, or that get a smaller plan."""

from __future__ import annotations

from collections.abc import Iterator

from dynostack.environment import catalogue
from dynostack.review import resource_types
from dynostack.review.markup import Code, Markup, joined, listed
from dynostack.review.model import Operation, Severity
from dynostack.review.rules.moves import forced_by, kept
from dynostack.review.rules.rule import ReviewContext, RuleResult, rule
from dynostack.review.state import plan_and_version
from dynostack.review.step import Step

GONE = (Operation.DESTROY, Operation.REPLACE)


@rule("DR101", Severity.BLOCK)
def database_destroyed(review: ReviewContext) -> Iterator[RuleResult]:
    """A database and everything in it would be destroyed."""
    for step in review.losable_databases:
        if step.operation is Operation.DESTROY and not review.is_live(step):
            text = (*review.title(step), " would be destroyed with every row and all backups")
            consent = f"--allow-data-loss {step.name}"
            yield RuleResult(text, kept(review, step), step, consent=consent)


@rule("DR102", Severity.BLOCK)
def database_replaced(review: ReviewContext) -> Iterator[RuleResult]:
    """A database would be replaced by an empty one."""
    for step in review.losable_databases:
        if step.operation is Operation.REPLACE and not review.is_live(step):
            text = (*review.title(step), " would be replaced by an empty database, forced by ")
            forced = listed(forced_by(step)) or ("its app",)
            consent = f"--allow-data-loss {step.name}"
            first = next(forced_by(step), "")
            advice = kept(review, step)
            yield RuleResult((*text, *forced), advice, step, first, consent=consent)


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
        old, new = plan_and_version(step.old).plan, plan_and_version(step.new).plan
        if step.operation is not Operation.UPDATE or old == new:
            continue
        for figure, unit in ((catalogue.storage, "MB of data"), (_connections, "connections")):
            before, after = figure(old), figure(new)
            if before is not None and after is not None and after < before:
                text: Markup = (Code(new), f" allows {after:,} {unit}, down from {before:,} with ")
                text = (*text, Code(old))
                info = review.heroku("pg:info", review.name_on_heroku(step))
                advice: Markup = ("check how much is used first: ", info)
                if "plan" in drift_of(drifted.get(step.urn)):
                    text = (*text, "; the larger plan was set on Heroku outside Pulumi")
                    advice = ("to keep it, write ", Code(f"plan: {old}"), "; or ", *advice)
                yield RuleResult(text, advice, step, "plan")


def drift_of(step: Step | None) -> frozenset[str]:
    """Return the properties that were changed on Heroku outside Pulumi."""
    return frozenset(step.differences) if step else frozenset()


def _connections(plan: str) -> int | None:
    return catalogue.connection_limit(plan)
