"""Which database is live: the one that DATABASE_URL points at.

https://devcenter.heroku.com/articles/managing-heroku-postgres-using-cli
"""

from __future__ import annotations

from collections.abc import Iterator

from dynostack.inventory.app import LIVE
from dynostack.review import resource_types
from dynostack.review.markup import Code, Markup, listed
from dynostack.review.model import Operation, Severity
from dynostack.review.rules.rule import ReviewContext, RuleResult, rule
from dynostack.review.step import Step

URL = Code(f"{LIVE}_URL")
MAIN = "postgres"
"""The name that the program gives the database of the section itself."""


@rule("DR100", Severity.BLOCK)
def live_database_lost(review: ReviewContext) -> Iterator[RuleResult]:
    """The live database would be destroyed, replaced or detached."""
    for step in review.changed:
        done = _loss(review, step)
        if not done:
            continue
        database = review.live_step or (step if resource_types.is_database(step) else None)
        name = database.name if database else step.name
        consent = f"--allow-live-loss {name}"
        live = review.title(database) if database else ("database ", Code(name))
        points: Markup = (" is the live database, ", URL, " points at it")
        if review.context.unavailable:
            points = (" may be the live database, because Heroku could not be asked",)
        text = (*live, *points, f", and it would be {done}")
        advice: Markup = ("keep it as it is",)
        if step is database:
            backup = review.backup(review.name_on_heroku(step))
            advice = ("keep it as it is; to give it up, download a backup first: ", backup)
        yield RuleResult(text, advice, step, consent=consent)


def _loss(review: ReviewContext, step: Step) -> str:
    if step in review.losable_databases and review.is_live(step):
        match step.operation:
            case Operation.DESTROY:
                return "destroyed with every row and all backups"
            case Operation.REPLACE:
                return "replaced by an empty database"
    app = review.context.app
    live = app.live_database if app else None
    goes = step.operation in (Operation.DESTROY, Operation.REPLACE)
    if (
        live
        and goes
        and step.type == resource_types.ATTACHMENT
        and step.id == live.attachments[LIVE]
    ):
        return "detached from the app"
    return ""


@rule("DR111", Severity.WARN)
def no_live_database(review: ReviewContext) -> Iterator[RuleResult]:
    """The app has a database, and DATABASE_URL points at none."""
    app = review.context.app
    if app is None or app.live_database or not app.databases:
        return
    config_vars = review.places.value("app", "configVars")
    if isinstance(config_vars, dict) and URL.code in config_vars:
        return
    # Heroku lists add-ons in any order; this one is the first in the file, outside `databases`.
    main = [step.id for step in review.databases if step.name == MAIN]
    first = min(app.databases, key=lambda each: each.id not in main)
    names = [each.name for each in app.databases]
    text = ("no database is live: ", URL, " points at none of ", *listed(names))
    promote = review.heroku("pg:promote", first.name)
    if not first.attachments:
        # The commands of `pg` find only databases that are attached.
        promote = review.heroku("addons:attach", first.name, "--as", LIVE)
    advice = ("when it has the data, make it live: ", promote)
    yield RuleResult(text, advice, place=review.places.at("postgres"))
