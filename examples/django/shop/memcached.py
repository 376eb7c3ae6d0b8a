"""The cache that the memcached add-on describes in the app's config vars.

MemCachier and Memcached Cloud require a user name and a password: SASL, over the binary protocol.
https://devcenter.heroku.com/articles/memcachier
"""

from collections.abc import Mapping
from typing import Any

import bmemcached
from django.core.cache.backends.memcached import BaseMemcachedCache

SERVICES = ("MEMCACHIER", "MEMCACHEDCLOUD")


class SaslMemcached(BaseMemcachedCache):
    """Django's memcached cache with a client that can log in."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params, library=bmemcached, value_not_found_exception=ValueError)


def backend(config_vars: Mapping[str, str]) -> dict[str, Any]:
    """Return one entry of Django's CACHES; without an add-on nothing is cached."""
    for service in SERVICES:
        if servers := config_vars.get(f"{service}_SERVERS"):
            return {
                "BACKEND": "shop.memcached.SaslMemcached",
                "LOCATION": servers.split(","),
                "OPTIONS": {
                    "username": config_vars[f"{service}_USERNAME"],
                    "password": config_vars[f"{service}_PASSWORD"],
                },
            }
    return {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
