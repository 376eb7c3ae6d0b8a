"""A local Heroku for each test."""

from tests.heroku.conftest import api, machines, settings

__all__ = ["api", "machines", "settings"]
