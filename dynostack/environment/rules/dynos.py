"""Rules about dynos: their tiers, their number and their database connections.

https://devcenter.heroku.com/articles/dyno-types
"""

from collections.abc import Iterator
from typing import NamedTuple

from dynostack.environment import catalogue
from dynostack.environment.diagnostics.finding import Finding
from dynostack.environment.diagnostics.rule import RuleContext
from dynostack.environment.django.port import WEB
from dynostack.environment.django.project import Project
from dynostack.environment.django.workers import web_processes
from dynostack.environment.section import one_of


class Dynos(NamedTuple):
    """The dynos of one process type; 0 if the quantity is not a number."""

    process: str
    size: str
    quantity: int


def one_tier(context: RuleContext) -> Iterator[Finding]:
    """Report dynos of different tiers: Heroku runs only one tier per app."""
    formation = list(_formation(context))
    for dynos in formation:
        first = formation[0]
        tier = catalogue.dyno_tier(first.size)
        if catalogue.dyno_tier(dynos.size) != tier:
            allowed = [size for size in catalogue.DYNOS.names if catalogue.dyno_tier(size) == tier]
            message = (
                f"an app cannot mix {dynos.size} dynos"
                f" with the {first.size} dynos of {first.process}"
            )
            yield Finding(_path(dynos, "size"), "DS312", message, one_of("", allowed))


def as_many_as_heroku_runs(context: RuleContext) -> Iterator[Finding]:
    """Report more than one Eco or Basic dyno of a process type, which Heroku does not allow."""
    for dynos in _formation(context):
        most = catalogue.most_dynos(dynos.size)
        if most is not None and dynos.quantity > most:
            message = f"Heroku runs at most {most} {dynos.size} dyno per process type"
            suggestion = f"{most}, or use the size standard-1x"
            yield Finding(_path(dynos, "quantity"), "DS313", message, suggestion)


def no_more_connections_than_the_plan_has(context: RuleContext) -> Iterator[Finding]:
    """Report a formation that needs more connections than the database plan allows.

    Each dyno holds one connection, or a web dyno one for each process of its server.
    """
    plan = context.text("postgres", "plan") or ""
    limit = catalogue.connection_limit(plan)
    if limit is None or _pools_connections(context):
        return
    project = Project.of(context)
    needed, workers = 0, 1
    for dynos in _formation(context):
        processes = 1
        if dynos.process == WEB and dynos.quantity:
            processes = workers = web_processes(project, dynos.size)
        needed += dynos.quantity * processes
    if needed > limit:
        each = f" with {workers} workers in each web dyno" if workers > 1 else ""
        message = f"the formation{each} holds {needed:,} connections; {plan} allows {limit:,}"
        yield Finding(("postgres", "plan"), "DS331", message, _enough_for(needed))


def _enough_for(needed: int) -> str:
    fewer = "fewer dynos or workers"
    for plan in catalogue.POSTGRES_PLANS.names:
        limit = catalogue.connection_limit(plan)
        if limit is not None and limit >= needed:
            return f"{plan} ({limit:,} connections), or {fewer}"
    return f"{fewer}, or add the buildpack heroku/pgbouncer"


def _pools_connections(context: RuleContext) -> bool:
    """Return whether workers share the connections of a pgbouncer in their dyno."""
    listed = context.keys("app").get("buildpacks")
    return isinstance(listed, list) and any("pgbouncer" in str(each) for each in listed)


def _formation(context: RuleContext) -> Iterator[Dynos]:
    for process in context.keys("formation"):
        size = context.text("formation", process, "size")
        if size in catalogue.DYNOS.names:
            quantity = context.keys("formation", process).get("quantity")
            yield Dynos(process, size, quantity if type(quantity) is int else 0)


def _path(dynos: Dynos, key: str) -> tuple[str, ...]:
    return ("formation", dynos.process, key)


RULES = (one_tier, as_many_as_heroku_runs, no_more_connections_than_the_plan_has)
