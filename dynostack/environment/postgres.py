"""Heroku Postgres.

https://devcenter.heroku.com/articles/heroku-postgres-plans
"""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from dynostack.environment import catalogue
from dynostack.environment.addons import AddonName, Attachments, Key
from dynostack.environment.diagnostics.finding import problem
from dynostack.environment.section import RefusalCodes, Section, offered

PostgresPlan = Annotated[
    str, offered("plan", catalogue.POSTGRES_PLANS, RefusalCodes("DS201", "DS203"))
]


def _not_older(version: str) -> str:
    oldest = min(map(float, catalogue.POSTGRES_VERSIONS.names))
    if re.fullmatch(r"[0-9]{1,4}([.][0-9]{1,4})?", version) and float(version) < oldest:
        message = f'version "{version}" is older than all versions that Heroku Postgres offers'
        raise problem("DS210", message, f'"{catalogue.DEFAULT_POSTGRES_VERSION}"')
    return version


PostgresVersion = Annotated[
    str,
    offered("version", catalogue.POSTGRES_VERSIONS, RefusalCodes("DS210")),
    AfterValidator(_not_older),
]


class Database(Section):
    """One database."""

    plan: PostgresPlan = Field(
        description="Plan without its service, such as standard-0.  To change an existing database"
        " between an Essential plan and another tier, also run dynostack postgres move STACK.",
        examples=["essential-0"],
    )
    version: PostgresVersion = Field(
        catalogue.DEFAULT_POSTGRES_VERSION,
        description="Major version, in quotes.  If left out, an existing database keeps its"
        " version; to change it, write another one and run dynostack postgres move STACK.",
        examples=["17"],
    )
    name: AddonName | None = Field(
        None,
        description="The add-on's name, unique in all of Heroku.  If absent, Pulumi generates one;"
        " an existing database keeps its name.",
        examples=["acme-shop-db"],
    )
    protect: bool = Field(
        True, description="Refuse to replace or destroy the database.", examples=[True]
    )
    attachments: Attachments = Field([])


class Postgres(Database):
    """The app's database, attached as DATABASE_URL, and any additional databases."""

    databases: dict[Key, Database] = Field(
        {},
        description="Additional databases.  Their attachments name their config vars.",
        examples=[{"reports": {"plan": "essential-0", "attachments": ["REPORTS"]}}],
    )

    def all(self) -> list[Database]:
        """Return every declared database."""
        return [self, *self.databases.values()]
