"""Heroku Postgres.

https://devcenter.heroku.com/articles/heroku-postgres-plans
"""

from typing import Annotated

from pydantic import Field

from dynostack.environment import catalogue
from dynostack.environment.addons import AddonName, Attachments, Key
from dynostack.environment.section import OfferCodes, Section, offered

PostgresPlan = Annotated[
    str, offered("plan", catalogue.POSTGRES_PLANS, OfferCodes("DS202", "DS201", "DS203"))
]
PostgresVersion = Annotated[
    str, offered("version", catalogue.POSTGRES_VERSIONS, OfferCodes("DS211", "DS210"))
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
