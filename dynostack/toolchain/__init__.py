"""Programs that are not on PyPI: the Pulumi engine and memcached, found or made.

The parts are imported late: the engine starts the language host of this package twice a preview.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import ToolchainError

if TYPE_CHECKING:
    from collections.abc import Callable

    from dynostack.local.workspace import LocalWorkspace

__all__ = ["ToolchainError", "install"]


def install(workspace: LocalWorkspace, say: Callable[[str], None]) -> None:
    """Put everything that `world` runs on in place; `say` is told what was found or made.

    What is in place already is left alone.  Raises ToolchainError.
    """
    from .memcached import find_memcached
    from .placement import place_tools
    from .progress import progress_on
    from .resolve import find_engine

    with progress_on(say, title="looking for the engine and memcached") as progress:
        place_tools(workspace, find_engine(progress))
        find_memcached(progress)
