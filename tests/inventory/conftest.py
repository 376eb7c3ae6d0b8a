"""A local Heroku for each test."""

from tests.localheroku.conftest import api, machines, settings

__all__ = ["api", "machines", "settings"]
