"""Backends with real key-value stores."""

from __future__ import annotations

from dataclasses import dataclass, replace

from localheroku.addons import KEY_VALUE_STORE
from localheroku.core.backends import Backends
from localheroku.core.state import Settings
from tests.localheroku.fake_backends import FakeBackends


@dataclass
class StoreBackends(FakeBackends):
    """Fake backends with real servers for `heroku-redis`."""

    def create(self, settings: Settings) -> Backends:
        backends = super().create(settings)
        return replace(backends, services={**backends.services, KEY_VALUE_STORE: self.stores})
