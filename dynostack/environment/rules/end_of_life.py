"""Rules about stacks and Postgres versions that Heroku will soon stop supporting."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from dynostack.environment import catalogue
from dynostack.environment.catalogue import Offer
from dynostack.environment.diagnostics.finding import Finding, Path
from dynostack.environment.diagnostics.rule import RuleContext

SOON = timedelta(days=180)


class Ending(NamedTuple):
    """The end of support for one name, near or past."""

    name: str
    when: str
    """Text after the name, such as `reached its end of life on 2026-11-12`."""
    later: tuple[str, ...]
    """The names that are supported for longer."""


class Kind(NamedTuple):
    """Something that Heroku supports for a limited time: stacks, or Postgres versions."""

    title: str
    offer: Offer
    end: Callable[[str], date | None]
    without_end: frozenset[str] = frozenset()
    """Names that do not replace another name, such as the stack container."""

    def ending(self, today: date, name: object) -> Ending | None:
        """Return the end of support for a name, if it is near or past."""
        if not isinstance(name, str):
            return None
        end = self.end(name)
        if end is None or end - today > SOON:
            return None
        when = f"reaches its end of life on {end}, in {(end - today).days} days"
        if end < today:
            when = f"reached its end of life on {end}"
        names = (each for each in self.offer.names if each not in self.without_end)
        later = tuple(each for each in names if (self.end(each) or date.max) > end)
        return Ending(name, when, later)

    def finding(self, today: date, path: Path, name: object) -> Iterator[Finding]:
        """Yield a finding if the end of support for a name is near or past."""
        if ending := self.ending(today, name):
            message = f"{self.title} {ending.name} {ending.when}{_builds(today, ending.name)}"
            yield Finding(path, "DS221", message, " or ".join(ending.later))


def _builds(today: date, stack: str) -> str:
    """Return which builds Heroku refuses for a stack that is near its end of life."""
    steps = catalogue.failing_builds(stack)
    passed = [step for step in steps if step[0] <= today] or steps[:1]
    if not passed:
        return ""
    day, days = passed[-1]
    return f"; from {day} on the first build {f'in {days} days' if days > 1 else 'of a day'} fails"


STACK = Kind("stack", catalogue.STACKS, catalogue.end_of_life, frozenset({"container"}))
POSTGRES = Kind("Postgres", catalogue.POSTGRES_VERSIONS, catalogue.postgres_end_of_life)


def supported_for_long(context: RuleContext) -> Iterator[Finding]:
    """Report a stack or a Postgres version near its end of life; upgrading takes planning."""
    stack = context.keys("app").get("stack", catalogue.DEFAULT_STACK)
    yield from STACK.finding(context.today, ("app", "stack"), stack)
    for path in _databases(context):
        version = context.keys(*path).get("version", catalogue.DEFAULT_POSTGRES_VERSION)
        yield from POSTGRES.finding(context.today, (*path, "version"), version)


def _databases(context: RuleContext) -> Iterator[tuple[str, ...]]:
    if context.keys("postgres"):
        yield ("postgres",)
    for key in context.keys("postgres", "databases"):
        yield ("postgres", "databases", key)


RULES = (supported_for_long,)
