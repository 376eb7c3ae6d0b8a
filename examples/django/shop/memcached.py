"""The cache that the memcached add-on describes in the app's config vars.

https://devcenter.heroku.com/articles/memcachier#django
"""

from collections.abc import Mapping
from typing import Any

SERVICES = ("MEMCACHIER", "MEMCACHEDCLOUD")


def backend(config_vars: Mapping[str, str]) -> dict[str, Any]:
    """One entry of Django's CACHES; without an add-on nothing is ever cached."""
    for service in SERVICES:
        if servers := config_vars.get(f"{service}_SERVERS"):
            return {
                "BACKEND": "django.core.cache.backends.memcached.PyLibMCCache",
                "LOCATION": servers.split(","),
                "OPTIONS": {
                    "binary": True,
                    "username": config_vars[f"{service}_USERNAME"],
                    "password": config_vars[f"{service}_PASSWORD"],
                    "behaviors": {"connect_timeout": 2000, "tcp_nodelay": True},
                },
            }
    return {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
