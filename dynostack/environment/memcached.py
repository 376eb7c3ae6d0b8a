"""The cache, a memcached add-on.

https://devcenter.heroku.com/articles/memcachier
"""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from dynostack.environment import catalogue
from dynostack.environment.addons import AddonName
from dynostack.environment.diagnostics.finding import Finding
from dynostack.environment.diagnostics.rule import RuleContext
from dynostack.environment.section import OfferCodes, Section, near, offered, one_of

DEFAULT_SERVICE = "memcachier"


class Memcached(Section):
    """The app's cache."""

    service: Annotated[
        str, offered("service", catalogue.MEMCACHED_SERVICES, OfferCodes("DS212"))
    ] = Field(
        DEFAULT_SERVICE,
        description="MemCachier or Memcached Cloud.  They set different config vars.",
        examples=["memcachier"],
    )
    plan: str = Field(description="Plan without its service, in quotes.", examples=["100"])
    name: AddonName | None = Field(
        None,
        description="The add-on's name, unique in all of Heroku.  If absent, Pulumi generates one;"
        " an existing add-on keeps its name.",
        examples=["acme-shop-cache"],
    )


def plan_of_the_service(context: RuleContext) -> Iterator[Finding]:
    """Report a plan that the service does not have."""
    section, plan = context.keys("memcached"), context.text("memcached", "plan")
    if plan is None:
        return
    offer = catalogue.MEMCACHED_PLANS.get(str(section.get("service", DEFAULT_SERVICE)))
    if offer and plan not in offer.names:
        message = f'plan "{plan}" is not {offer.title}'
        yield Finding(
            ("memcached", "plan"),
            "DS202",
            message,
            one_of(plan, offer.names),
            near(plan, offer.names),
        )


RULES = (plan_of_the_service,)
