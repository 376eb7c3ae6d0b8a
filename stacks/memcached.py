"""The cache."""

from config import Environment
from dynostack.components import App, Memcached


def declare_memcached(environment: Environment, app: App) -> Memcached | None:
    """Declare the cache."""
    if not environment.memcached:
        return None
    return Memcached("memcached", environment.memcached, app)
