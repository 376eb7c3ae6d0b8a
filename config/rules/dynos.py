"""What dynos can run beside each other, and how many.

https://devcenter.heroku.com/articles/dyno-types
"""

from collections.abc import Iterator
from dataclasses import dataclass

from config import catalogue
from config.finding import Finding
from config.section import one_of
from config.subject import Subject


@dataclass(frozen=True)
class Dynos:
    """The dynos of a process type, as far as they are written rightly."""

    process: str
    size: str
    quantity: int


def one_tier(subject: Subject) -> Iterator[Finding]:
    """Heroku runs dynos of one tier in an app."""
    formation = list(_formation(subject))
    for dynos in formation:
        first = formation[0]
        tier = catalogue.dyno_tier(first.size)
        if catalogue.dyno_tier(dynos.size) != tier:
            allowed = [size for size in catalogue.DYNOS.names if catalogue.dyno_tier(size) == tier]
            says = f"{dynos.size} dynos cannot run beside the {first.size} dynos of {first.process}"
            yield Finding(_path(dynos, "size"), "DS312", says, one_of("", allowed))


def as_many_as_heroku_runs(subject: Subject) -> Iterator[Finding]:
    """Eco and Basic dynos cannot be scaled horizontally."""
    for dynos in _formation(subject):
        most = catalogue.most_dynos(dynos.size)
        if most is not None and dynos.quantity > most:
            says = f"Heroku runs at most {most} {dynos.size} dyno of a process type"
            write = f"{most}, or the size standard-1x"
            yield Finding(_path(dynos, "quantity"), "DS313", says, write)


def no_more_connections_than_the_plan_has(subject: Subject) -> Iterator[Finding]:
    """Each dyno holds a connection; each of a web dyno's workers does when their number is set."""
    plan = subject.text("postgres", "plan") or ""
    limit = catalogue.connection_limit(plan)
    if limit is None or _pools_connections(subject):
        return
    workers = _workers(subject)
    needed = sum(
        dynos.quantity * (workers if dynos.process == "web" else 1) for dynos in _formation(subject)
    )
    if needed > limit:
        each = f" with {workers} workers in each web dyno" if workers > 1 else ""
        says = f"the formation{each} holds {needed:,} connections; {plan} allows {limit:,}"
        yield Finding(("postgres", "plan"), "DS331", says, _enough_for(needed))


def _enough_for(needed: int) -> str:
    fewer = "fewer dynos or workers"
    for plan in catalogue.POSTGRES_PLANS.names:
        limit = catalogue.connection_limit(plan)
        if limit is not None and limit >= needed:
            return f"{plan} ({limit:,} connections), or {fewer}"
    return f"{fewer}, or add the buildpack heroku/pgbouncer"


def _workers(subject: Subject) -> int:
    """Workers of a web dyno: WEB_CONCURRENCY, and no more than one is certain without it."""
    written = subject.text("app", "configVars", "WEB_CONCURRENCY") or ""
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 6 else 1


def _pools_connections(subject: Subject) -> bool:
    """Whether workers share the connections of a pgbouncer in their dyno."""
    listed = subject.keys("app").get("buildpacks")
    return isinstance(listed, list) and any("pgbouncer" in str(each) for each in listed)


def _formation(subject: Subject) -> Iterator[Dynos]:
    for process in subject.keys("formation"):
        size = subject.text("formation", process, "size")
        if size in catalogue.DYNOS.names:
            quantity = subject.keys("formation", process).get("quantity")
            yield Dynos(process, size, quantity if type(quantity) is int else 0)


def _path(dynos: Dynos, key: str) -> tuple[str, ...]:
    return ("formation", dynos.process, key)


RULES = (one_tier, as_many_as_heroku_runs, no_more_connections_than_the_plan_has)
