"""The system users that servers run as when the local Heroku itself runs as root."""

from __future__ import annotations

import pwd
from typing import TYPE_CHECKING

from localheroku.core.addon_service import ServiceFailed

if TYPE_CHECKING:
    from collections.abc import Sequence


def first_of(names: Sequence[str], program: str) -> pwd.struct_passwd:
    """Return the first of these users that this machine has.

    Raises:
        ServiceFailed: it has none of them.
    """
    for name in names:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ServiceFailed(
        f"{program} cannot run as root, and this machine has none of the users "
        f"{', '.join(names)}: add one, or run as an ordinary user"
    )
