"""The Platform API: one folder for each family of resources, and the table of all endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localheroku.core.discovery import rows_below

if TYPE_CHECKING:
    from localheroku.api.endpoint import Endpoint


def endpoints() -> tuple[Endpoint, ...]:
    """Return every endpoint of the local Heroku: the rows of each folder's `routes` module."""
    return rows_below(__name__)
