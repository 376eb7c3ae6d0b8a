"""MemCachier and Memcached Cloud: a real memcached each, with SASL as theirs."""

from dynostack.heroku.addons.memcached.service import Memcached, leave

__all__ = ["Memcached", "leave"]
