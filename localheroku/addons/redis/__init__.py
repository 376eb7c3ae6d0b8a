"""Heroku Key-Value Store and Redis Cloud: a real Redis server (Valkey) for each add-on."""

from localheroku.addons.redis.service import KEY_VALUE_STORE, REDIS_CLOUD, Redis

__all__ = ["KEY_VALUE_STORE", "REDIS_CLOUD", "Redis"]
