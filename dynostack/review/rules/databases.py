"""What could be lost, and what Heroku will not do."""

from __future__ import annotations

from collections.abc import Iterator

from config import catalogue
from dynostack.review import kinds
from dynostack.review.changes import value
from dynostack.review.markup import Code, Markup, joined, listed
from dynostack.review.model import Operation, Severity
from dynostack.review.rules.rule import RuleResult, Subject, rule
from dynostack.review.step import Step, Values

ESSENTIAL = "essential"
KEEP: Markup = (
    "keep it as it is; if it shall go, take a backup (",
    Code("heroku pg:backups:capture"),
    ") and apply with ",
)


@rule("DR101", Severity.BLOCK)
def database_destroyed(subject: Subject) -> Iterator[RuleResult]:
    """A database and everything in it would be destroyed."""
    for step in subject.databases:
        if step.operation is Operation.DESTROY:
            text = (*subject.title(step), " would be destroyed with every row and all backups")
            yield RuleResult(text, (*KEEP, _consent(step)), step)


@rule("DR102", Severity.BLOCK)
def database_replaced(subject: Subject) -> Iterator[RuleResult]:
    """A database would be replaced by an empty one."""
    for step in subject.databases:
        if step.operation is Operation.REPLACE:
            forced = listed(_forcing(step)) or ("its app",)
            replaced = (*subject.title(step), " would be replaced by an empty database: ")
            text = (*replaced, *forced, " forces it")
            yield RuleResult(text, _instead(step), step, next(_forcing(step), ""))


def _forcing(step: Step) -> Iterator[str]:
    for path, difference in step.differences.items():
        if difference.endswith("-replace") or path.partition(".")[0] in step.forced_by:
            yield path


def _instead(step: Step) -> Markup:
    version = value(step.new, "config.version")
    if "config.version" in step.differences and version:
        return (
            "upgrade it in place: ",
            Code(f"heroku pg:upgrade:run --version {version}"),
            ", then write the version here; or apply with ",
            _consent(step),
        )
    return (*KEEP, _consent(step))


def _consent(step: Step) -> Code:
    return Code(f"--allow-data-loss {step.name}")


@rule("DR103", Severity.BLOCK)
def app_goes(subject: Subject) -> Iterator[RuleResult]:
    """The app would be replaced or destroyed, and everything under it goes."""
    app = subject.app
    if app is None or app.operation not in (Operation.REPLACE, Operation.DESTROY):
        return
    databases = [step.name for step in subject.databases if step.old is not None]
    done = "replaced" if app.operation is Operation.REPLACE else "destroyed"
    forced = joined(((", forced by ", Code(each)) for each in app.forced_by), "")
    goes = (*forced, ", and everything under it goes")
    text: Markup = (*subject.title(app), f" would be {done}", *goes)
    if databases:
        text = (*text, ", with the data of ", *listed(databases))
    advice = ("keep what forces it as it is; a new app beside this one is a stack of its own",)
    yield RuleResult(text, advice, app, next(iter(app.forced_by), ""))


@rule("DR104", Severity.BLOCK)
def plan_not_changed_in_place(subject: Subject) -> Iterator[RuleResult]:
    """Heroku changes no database between an Essential plan and one of another tier in place.

    https://devcenter.heroku.com/articles/updating-heroku-postgres-databases
    """
    for step in subject.databases:
        old, new = _plan(step.old), _plan(step.new)
        if step.operation is not Operation.UPDATE or old == new:
            continue
        if old.startswith(ESSENTIAL) != new.startswith(ESSENTIAL):
            plans = (Code(old), " into ", Code(new))
            text = ("Heroku does not change ", *plans, " in place: the update would fail")
            yield RuleResult(text, _copying(new), step, "plan")


def _copying(plan: str) -> Markup:
    commands = (
        "heroku maintenance:on",
        "heroku pg:copy DATABASE_URL <its config var>",
        "heroku pg:promote <it>",
        "heroku maintenance:off",
    )
    return (
        "add a database of plan ",
        Code(plan),
        " under ",
        Code("postgres.databases"),
        " and apply; then ",
        *listed(commands),
        "; then swap the two in this file and destroy the old one",
    )


@rule("DR105", Severity.WARN)
def plan_too_small(subject: Subject) -> Iterator[RuleResult]:
    """A database's plan is too small for what it has been or for the dynos that are declared."""
    dynos = sum(_quantity(step) for step in subject.steps if step.type == kinds.FORMATION)
    formation_changes = any(step.type == kinds.FORMATION for step in subject.changed)
    for step in subject.databases:
        if step.new is None:
            continue
        old, new = _plan(step.old), _plan(step.new)
        if step.operation is Operation.UPDATE and old != new:
            yield from _shrunk(step, old, new)
        most = catalogue.connection_limit(new)
        if most is not None and dynos > most and (step.operation or formation_changes):
            text = (Code(new), f" takes {most:,} connections, and {dynos:,} dynos are declared")
            advice = ("a plan with more connections, or fewer dynos",)
            yield RuleResult(text, advice, step, "plan")


def _shrunk(step: Step, old: str, new: str) -> Iterator[RuleResult]:
    for figure, unit in ((catalogue.storage, "MB of data"), (_connections, "connections")):
        before, after = figure(old), figure(new)
        if before is not None and after is not None and after < before:
            holding = (Code(new), f" holds {after:,} {unit} where ")
            text = (*holding, Code(old), f" holds {before:,}")
            advice = ("look at what is used first: ", Code("heroku pg:info"))
            yield RuleResult(text, advice, step, "plan")


def _connections(plan: str) -> int | None:
    return catalogue.connection_limit(plan)


def _quantity(step: Step) -> int:
    quantity = (step.new or {}).get("quantity")
    return int(quantity) if isinstance(quantity, int | float) else 0


@rule("DR106", Severity.WARN)
def cache_emptied(subject: Subject) -> Iterator[RuleResult]:
    """A cache would lose what it holds."""
    for step in filter(kinds.is_cache, subject.changed):
        if step.operation in (Operation.DESTROY, Operation.REPLACE) and not _app_goes(subject):
            text = (*subject.title(step), " goes with everything that is cached")
            advice = ("expect slow pages and a busy database until it is warm again",)
            yield RuleResult(text, advice, step)


@rule("DR107", Severity.WARN)
def database_unprotected(subject: Subject) -> Iterator[RuleResult]:
    """A database is not protected: any later update may replace or destroy it."""
    for step in subject.databases:
        told = step.operation or step.loses_protection
        if step.new is not None and told and not step.protected:
            text = (*subject.title(step), " is not protected: a later update may destroy it")
            yield RuleResult(text, (Code("protect: true"),), step, "protect")


@rule("DR108", Severity.WARN)
def stored_data_lost(subject: Subject) -> Iterator[RuleResult]:
    """Another add-on would lose what it has stored."""
    for step in subject.changed:
        if step.type != kinds.ADDON or kinds.is_database(step) or kinds.is_cache(step):
            continue
        if step.operation in (Operation.DESTROY, Operation.REPLACE) and not _app_goes(subject):
            text = (*subject.title(step), " goes with everything that it has stored")
            yield RuleResult(text, ("save what is needed of it first",), step)


def _app_goes(subject: Subject) -> bool:
    app = subject.app
    return app is not None and app.operation in (Operation.DESTROY, Operation.REPLACE)


def _plan(values: Values | None) -> str:
    return str((values or {}).get("plan", "")).partition(":")[2]
