"""The versions of Node.js that an app accepts, and which of them Heroku would choose.

https://devcenter.heroku.com/articles/nodejs-support#specifying-a-node-js-version,
https://github.com/heroku/heroku-buildpack-nodejs (resolve-version, v363)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from semantic_version import NpmSpec, Version

from localheroku.core import catalogue
from localheroku.dynos.source import BuildFailed

ROWS = catalogue.rows("nodes")
SUPPORTED = tuple(int(row["name"]) for row in ROWS)
"""The major versions that are not past their end of life. https://nodejs.org/en/about/eol"""
DEFAULT = next(int(row["name"]) for row in ROWS if row["default"])
"""The one that an app gets that requests none, and that limits ranges without an upper bound."""
SPACES = re.compile(r"(?<=[<>=~^])\s+")
TILDE = re.compile(r"~>\s*")
MINORS = 50
"""No major version of Node.js has had as many minor ones."""


class NodeRange:
    """A range of versions in npm's notation.

    https://docs.npmjs.com/cli/configuring-npm/package-json#engines
    """

    def __init__(self, text: str, field: str = "engines.node") -> None:
        """Read a range; an empty text means the buildpack's default.

        Raises:
            BuildFailed: it is not a range.
        """
        self.text = text.strip() or f"{DEFAULT}.x"
        try:
            self._spec = NpmSpec(SPACES.sub("", TILDE.sub("~", self.text)))
        except ValueError:
            raise BuildFailed(
                f'"{self.text}" in {field} of package.json is not a range of versions: write '
                f'"{DEFAULT}.x" for example'
            ) from None

    def accepts(self, version: str) -> bool:
        """Return whether a version, such as 24.1.0, is in the range."""
        return Version(version) in self._spec

    def accepts_major(self, major: int) -> bool:
        """Return whether some version of a major one is in the range."""
        return self.is_exact(major) or any(
            self.accepts(f"{major}.{minor}.{patch}") for minor in range(MINORS) for patch in (0, 99)
        )

    def is_exact(self, major: int) -> bool:
        """Return whether the range is one version, and of this major one."""
        return self.exact.partition(".")[0] == str(major)

    @cached_property
    def exact(self) -> str:
        """The only version of the range; empty if it is a real range."""
        found = re.fullmatch(r"[=v]*(\d+\.\d+\.\d+)", self.text)
        return found[1] if found else ""

    @cached_property
    def major(self) -> int:
        """The major version that Heroku chooses, as far as this program knows them."""
        if self.accepts_major(DEFAULT):
            return DEFAULT
        newest = SUPPORTED[-1]
        known = (each for each in range(newest, 0, -1) if self.accepts_major(each))
        return next(known, newest)

    def best(self, versions: Iterable[str], *, allow_wide: bool = False) -> str | None:
        """Return the version that Heroku chooses of these; None if the range has none of them.

        Args:
            versions: the versions that can be had.
            allow_wide: whether a range without an upper bound may give more than the default.
        """
        accepted = [version for version in versions if self.accepts(version)]
        default = [version for version in accepted if Version(version).major == DEFAULT]
        newest = max(accepted, key=Version, default=None)
        if newest and default and not allow_wide:
            return min(newest, max(default, key=Version), key=Version)
        return newest

    def nearest(self, versions: Iterable[str]) -> str | None:
        """Return the best replacement: the next newer major version, else the next older one."""

        def distance(version: str) -> tuple[bool, int, tuple[int, ...]]:
            found = Version(version)
            return (
                found.major < self.major,
                abs(found.major - self.major),
                (-found.minor, -found.patch),
            )

        return min(versions, key=distance, default=None)
