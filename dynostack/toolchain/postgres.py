"""PostgreSQL of the default version; other versions are downloaded when they are needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localheroku.addons.postgres import distribution, versions
from localheroku.core.addon_service import ServiceFailed

from .errors import ToolchainError

if TYPE_CHECKING:
    from localheroku.addons.postgres.distribution import Distribution

    from .progress import Progress


def find_postgres(progress: Progress) -> Distribution:
    """Return PostgreSQL of the default version, downloading it if it is missing.

    Raises:
        ToolchainError: it cannot be downloaded, and this machine has no such PostgreSQL.
    """
    try:
        found = distribution.obtain(versions.DEFAULT, progress.say)
    except ServiceFailed as error:
        raise ToolchainError(str(error)) from error
    progress.say(f"PostgreSQL {found.version}: {found.programs}")
    return found
