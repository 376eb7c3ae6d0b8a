"""Installation of the Pulumi engine, memcached, PostgreSQL and Valkey, which pip does not install.

The modules are imported late, because the engine starts the language host of this package twice
for each preview.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynostack.extras import is_installed

from .errors import ToolchainError

if TYPE_CHECKING:
    from collections.abc import Callable

    from dynostack.local.workspace import LocalWorkspace

__all__ = ["ToolchainError", "install"]


def install(
    workspace: LocalWorkspace, say: Callable[[str], None], *, engine_only: bool = False
) -> None:
    """Install what the local environment needs; keep what is installed already.

    Without the extra `local` there is no local Heroku, so that only the engine is needed.

    Args:
        workspace: the local environment.
        say: called with a line of text for each program that was found or installed.
        engine_only: whether to leave out the servers of the local Heroku.

    Raises:
        ToolchainError: a program is missing and cannot be installed.
    """
    from .placement import place_tools
    from .progress import progress_on
    from .resolve import find_engine

    with progress_on(say, title="looking for the engine and the servers") as progress:
        place_tools(workspace, find_engine(progress))
        if is_installed("local") and not engine_only:
            from .memcached import find_memcached
            from .postgres import find_postgres
            from .valkey import find_valkey

            find_memcached(progress)
            find_postgres(progress)
            find_valkey(progress)
