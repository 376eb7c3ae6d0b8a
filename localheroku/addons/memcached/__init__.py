"""MemCachier and Memcached Cloud: a real memcached with SASL authentication for each add-on."""

from localheroku.addons.memcached.server import LOG
from localheroku.addons.memcached.service import Memcached, leave

__all__ = ["LOG", "Memcached", "leave"]
