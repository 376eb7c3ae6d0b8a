"""Changes of a database that need a move: a copy to a new database while the site is down.

Heroku changes a plan in place within the Essential tier and among all other tiers, but not between
them; an apply never changes the major version of PostgreSQL.
https://devcenter.heroku.com/articles/updating-heroku-postgres-databases
https://devcenter.heroku.com/articles/upgrading-heroku-postgres-databases
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from dynostack.environment import catalogue
from dynostack.environment.command_line import stack_command

ESSENTIAL = "essential"
MAIN = "postgres"
"""The main database's name in the program; the others add a dash and their key."""
MINUTES_PER_GB = 3
SWITCH_MINUTES = 1
"""The time to stop the dynos before the copy and to start them afterwards."""
GB = 1 << 30
LONGEST_IN_MINUTES = 120
"""A longer downtime is given in hours."""


class MoveReason(StrEnum):
    """The reason why a change needs a move."""

    TIER = "tier"
    VERSION = "version"
    BOTH = "tier and version"


@dataclass(frozen=True)
class PlanAndVersion:
    """The plan and the major version of a database."""

    plan: str
    """The plan without its service, such as standard-0."""
    version: str = ""
    """Empty if it is unknown, or if the environment's file leaves it out."""


@dataclass(frozen=True)
class DatabaseMove:
    """A change of a database that needs a move."""

    old: PlanAndVersion
    new: PlanAndVersion
    reason: MoveReason

    @property
    def is_downgrade(self) -> bool:
        """Return whether the new version of PostgreSQL is older."""
        return self._changes_version and _number(self.new.version) < _number(self.old.version)

    @property
    def old_price(self) -> int | None:
        """Return the price of the old database in cents a month; None if it is unknown."""
        return catalogue.monthly_price(catalogue.POSTGRES_SERVICE, self.old.plan)

    @property
    def new_price(self) -> int | None:
        """Return the price of the new database in cents a month; None if it is unknown."""
        return catalogue.monthly_price(catalogue.POSTGRES_SERVICE, self.new.plan)

    @property
    def price_text(self) -> str:
        """Return both prices, such as `$9 → $50 a month` or `$9 a month each`."""
        if self.old_price is None or self.new_price is None:
            return "price unknown"
        if self.old_price == self.new_price:
            return f"{catalogue.dollars(self.old_price)} a month each"
        return f"{catalogue.dollars(self.old_price)} → {catalogue.dollars(self.new_price)} a month"

    @property
    def _changes_version(self) -> bool:
        return self.reason is not MoveReason.TIER


def needed_move(old: PlanAndVersion, new: PlanAndVersion) -> DatabaseMove | None:
    """Return the move that a change needs; None if Heroku makes the change in place.

    Args:
        old: the database as it is.
        new: the database as the environment's file declares it; without a version it keeps its own.
    """
    tier = is_other_tier(old.plan, new.plan)
    version = bool(old.version and new.version) and old.version != new.version
    if tier and version:
        return DatabaseMove(old, new, MoveReason.BOTH)
    if tier:
        return DatabaseMove(old, new, MoveReason.TIER)
    return DatabaseMove(old, new, MoveReason.VERSION) if version else None


def is_other_tier(old: str, new: str) -> bool:
    """Return whether only one of two plans is in the Essential tier; False if one is empty.

    Heroku cannot change such a plan in place.

    https://devcenter.heroku.com/articles/updating-heroku-postgres-databases
    """
    known = bool(old and new)
    return known and old.startswith(ESSENTIAL) != new.startswith(ESSENTIAL)


def downtime_minutes(size: int) -> int:
    """Return about how many minutes the site is down during a move.

    A copy takes about 3 minutes per GB, which the Dev Center says can vary substantially; stopping
    and starting the dynos takes about a minute.
    https://devcenter.heroku.com/articles/upgrading-heroku-postgres-databases

    Args:
        size: the size of the database's contents in bytes.
    """
    return SWITCH_MINUTES + math.ceil(MINUTES_PER_GB * size / GB)


def downtime_text(size: int | None) -> str:
    """Return the expected downtime in words.

    Args:
        size: the size of the database's contents in bytes; None if it is unknown.
    """
    if size is None:
        return f"about {MINUTES_PER_GB} minutes per GB"
    minutes = downtime_minutes(size)
    if minutes <= LONGEST_IN_MINUTES:
        return f"about {minutes} {'minute' if minutes == 1 else 'minutes'}"
    return f"about {round(minutes / 60)} hours"


@dataclass(frozen=True)
class MoveStep:
    """One step of a move."""

    name: str
    title: str
    is_down: bool = False
    """Whether the site is down while the step runs."""


STEPS = (
    MoveStep("create", "create the new database next to the old one"),
    MoveStep("back-up", "back up the old database"),
    MoveStep("stop", "turn on maintenance mode and stop all writes", is_down=True),
    MoveStep("copy", "copy the data", is_down=True),
    MoveStep("compare", "compare the two databases", is_down=True),
    MoveStep("promote", "attach the new database", is_down=True),
    MoveStep("start", "start the dynos and turn off maintenance mode", is_down=True),
    MoveStep("answer", "wait for the site to respond", is_down=True),
    MoveStep("state", "record the new database in the Pulumi state"),
    MoveStep("file", "update the file to match"),
)
"""The steps of a move, in order.  `--finish` destroys the old database later."""


def steps_text(downtime: str) -> str:
    """Return the steps in one sentence, with the expected downtime."""
    return "; ".join(_phases(downtime))


def _phases(downtime: str) -> Iterator[str]:
    for is_down, steps in groupby(STEPS, lambda step: step.is_down):
        titles = ", ".join(step.title for step in steps)
        yield f"with the site down for {downtime}: {titles}" if is_down else titles


def move_command(stack: str, database: str = MAIN, *options: str) -> str:
    """Return the command that moves a database, quoted for a POSIX shell.

    Args:
        stack: the stack's name.
        database: the database's name in the program, such as postgres-reports; the command takes
            its key in the environment's file, or nothing for the main database.
        options: options of the command, such as `--finish`.
    """
    key = key_of(database)
    names = (key,) if key else ()
    return stack_command("dynostack postgres move", stack, *names, options=options)


def key_of(database: str) -> str:
    """Return a database's key in the file from its name in the program; empty for the main one."""
    return database.removeprefix(MAIN).removeprefix("-")


def _number(version: str) -> int:
    return int(version) if version.isdigit() else 0
