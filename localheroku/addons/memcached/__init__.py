"""MemCachier and Memcached Cloud: a real memcached for each add-on, with SASL as theirs."""

from localheroku.addons.memcached.server import LOG
from localheroku.addons.memcached.service import Memcached, leave

__all__ = ["LOG", "Memcached", "leave"]
