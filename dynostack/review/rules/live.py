"""Rules about the live database, the one that DATABASE_URL points at.

https://devcenter.heroku.com/articles/managing-heroku-postgres-using-cli
"""

from __future__ import annotations

from collections.abc import Iterator

from dynostack.inventory.app import LIVE
from dynostack.review import resource_types
from dynostack.review.markup import Code, Markup, listed
from dynostack.review.model import Operation, Severity
from dynostack.review.rules.moves import kept
from dynostack.review.rules.rule import ReviewContext, RuleResult, rule
from dynostack.review.step import Step

URL = Code(f"{LIVE}_URL")
MAIN = "postgres"
"""The program's name for the main database of the `postgres` section."""


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
        points: Markup = (" is the live database (", URL, " points at it)")
        if review.context.unavailable:
            points = (" may be the live database (Heroku could not be asked)",)
        text = (*live, *points, f" and would be {done}")
        advice: Markup = ("keep it as it is",)
        if step is database:
            advice = kept(review, step)
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
    """The app has a database, but DATABASE_URL does not point at one."""
    app = review.context.app
    if app is None or app.live_database or not app.databases:
        return
    config_vars = review.places.value("app", "configVars")
    if isinstance(config_vars, dict) and URL.code in config_vars:
        return
    # Heroku lists add-ons in any order; the main database comes first in the file.
    main = [step.id for step in review.databases if step.name == MAIN]
    first = min(app.databases, key=lambda each: each.id not in main)
    names = [each.name for each in app.databases]
    text = ("no database is live: ", URL, " points at none of ", *listed(names))
    promote = review.heroku("pg:promote", first.name)
    if not first.attachments:
        # The `heroku pg` commands only find attached databases.
        promote = review.heroku("addons:attach", first.name, "--as", LIVE)
    advice = ("once a database has the data, make it live: ", promote)
    yield RuleResult(text, advice, place=review.places.at("postgres"))
