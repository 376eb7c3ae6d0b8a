"""Find in an app's releases who changed its config vars, add-ons and code.

Heroku describes each release of a change, such as "Set DEBUG config vars" or "Attach DATABASE".
https://devcenter.heroku.com/articles/releases
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dynostack.comparison.difference import UNKNOWN
from dynostack.inventory.app import Release


@dataclass(frozen=True)
class Authors:
    """The latest releases of an app, the newest first."""

    releases: tuple[Release, ...]

    def of(self, *names: str) -> tuple[str, str]:
        """Return when and by whom something was last changed, by any of its names.

        Args:
            names: config vars, attachments or an add-on's name.

        Returns:
            The time and the email address; "" and "unknown" if no release says it.
        """
        for release in self.releases:
            words = re.findall(r"[\w.-]+", release.description)
            if any(name in words for name in names):
                return release.created, release.author or UNKNOWN
        return "", UNKNOWN
