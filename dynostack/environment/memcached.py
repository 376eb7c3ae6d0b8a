"""The cache, a memcached add-on.

https://devcenter.heroku.com/articles/memcachier
"""

from typing import Annotated

from pydantic import Field

from dynostack.environment import catalogue
from dynostack.environment.addons import AddonName
from dynostack.environment.section import Section, offered

DEFAULT_SERVICE = "memcachier"


class Memcached(Section):
    """The app's cache."""

    service: Annotated[str, offered("service", catalogue.MEMCACHED_SERVICES)] = Field(
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
