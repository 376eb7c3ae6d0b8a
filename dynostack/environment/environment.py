"""The model of one environment of a Heroku app: all sections of a stack's file."""

from pydantic import Field

from dynostack.environment.addons import Addons
from dynostack.environment.app import App
from dynostack.environment.collaborators import Collaborator, Email
from dynostack.environment.domains import Hostname
from dynostack.environment.drains import Drains
from dynostack.environment.elsewhere import Elsewhere
from dynostack.environment.features import Features
from dynostack.environment.formation import Formation
from dynostack.environment.memcached import Memcached
from dynostack.environment.pipeline import Pipeline
from dynostack.environment.postgres import Postgres
from dynostack.environment.review import Review
from dynostack.environment.section import Section


class Environment(Section):
    """All sections.  A section is a key `<project>:<section>` under `config:`.

    A section that is absent declares nothing.
    """

    account: Email = Field(
        description="The Heroku account that this stack belongs to.", examples=["ops@acme.example"]
    )
    app: App = Field(description="The app itself.", examples=[{"name": "acme-shop"}])
    formation: Formation = Field(
        {},
        description="The dynos of each process type.",
        examples=[{"web": {"size": "basic", "quantity": 1}}],
    )
    postgres: Postgres | None = Field(
        None, description="Heroku Postgres.", examples=[{"plan": "essential-0"}]
    )
    memcached: Memcached | None = Field(
        None, description="The cache, a memcached add-on.", examples=[{"plan": "dev"}]
    )
    addons: Addons = Field(
        {},
        description="Additional add-ons, each under its own key.",
        examples=[{"logs": {"plan": "papertrail:choklad"}}],
    )
    collaborators: list[Collaborator] = Field(
        [],
        description="The people who have access to the app.",
        examples=[[{"email": "dev@acme.example"}]],
    )
    domains: list[Hostname] = Field(
        [], description="The app's host names.", examples=[["www.acme.example"]]
    )
    features: Features = Field(
        {},
        description="Features to turn on (true) or off (false).",
        examples=[{"http-session-affinity": True}],
    )
    drains: Drains = Field(
        {},
        description="Addresses that receive the app's logs, each under its own key.",
        examples=[{"archive": "syslog+tls://logs.acme.example:6514"}],
    )
    pipeline: Pipeline | None = Field(
        None,
        description="The pipeline and the app's stage in it.",
        examples=[{"create": True, "name": "shop", "stage": "staging"}],
    )
    elsewhere: Elsewhere = Field(
        [],
        description="What the app has on Heroku but is managed elsewhere, each item as"
        " `dynostack drift` prints it in brackets. Drift and reviews then only count it.",
        examples=[["collaborators.contractor@acme.example", "maintenance"]],
    )
    review: Review = Field(
        Review.model_construct(),
        description="Settings of reviews, such as which changes need an explicit yes.",
        examples=[{"monthlyLimit": 200}],
    )

    @property
    def keeps_data(self) -> bool:
        """Whether a database is protected, and with it the app that owns the database."""
        return self.postgres is not None and any(each.protect for each in self.postgres.all())
