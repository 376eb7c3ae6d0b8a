"""MemCachier and Memcached Cloud: a real memcached each, with SASL as theirs."""

from dynostack.heroku.addons.memcached.server import LOG
from dynostack.heroku.addons.memcached.service import Memcached, leave

__all__ = ["LOG", "Memcached", "leave"]
