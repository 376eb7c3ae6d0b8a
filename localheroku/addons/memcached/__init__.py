"""MemCachier and Memcached Cloud: a real memcached with SASL authentication for each add-on."""

from localheroku.addons.memcached.service import Memcached

__all__ = ["Memcached"]
