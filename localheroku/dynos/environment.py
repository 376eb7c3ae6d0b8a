"""What the environments of all builds and dynos have in common, whichever buildpacks run.

They have nothing of the developer's own. https://devcenter.heroku.com/articles/dynos,
https://devcenter.heroku.com/articles/buildpack-api
"""

from __future__ import annotations

import functools
import locale
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localheroku.core import catalogue
from localheroku.dynos.slug_layout import APP

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
BUILD_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
LOCALES = ("en_US.UTF-8", "C.UTF-8")
"""The locale on Heroku, and the one that takes its place on a machine that does not have it."""
NOT_IN_BUILDS = frozenset(
    {"CPATH", "CPPATH", "LD_LIBRARY_PATH", "LD_PRELOAD", "LIBRARY_PATH", "PATH", "PYTHONHOME"}
)
"""Config vars that builds do not get (vendor/buildpack-stdlib_v8.sh of the Python buildpack)."""

GLOBAL_PACKAGES = ".npm-global"
"""The folder in a build's home for `npm install --global`, which must not change this machine.

Heroku has npm only with the buildpack heroku/nodejs, which sets a folder of its own.
"""


@dataclass(frozen=True)
class BuildFolders:
    """Where a build works."""

    slug: Path
    home: Path
    cache: Path
    """Kept between the builds of an app."""
    config_vars: Path
    """A file for each config var."""


@dataclass(frozen=True)
class DynoContext:
    """The dyno that an environment is for."""

    slug: Path
    """The folder of its slug."""
    home: Path
    """The dyno's folder, with a copy of the slug's files."""
    config_vars: Mapping[str, str]
    size: str
    """The name of its size."""
    port: int | None
    """The port of a web dyno."""
    concurrency_by: str = ""
    """The buildpack whose rule sets WEB_CONCURRENCY: the last one that has a rule."""

    @property
    def megabytes(self) -> int | None:
        """The memory of a dyno of this size; None if the size is unknown."""
        return int(self._row["memory"] * 1024) if self._row else None

    @property
    def cores(self) -> int:
        """The cores of a dyno of this size; 1 if the size is unknown."""
        return int(self._row.get("cores", 1))

    @functools.cached_property
    def _row(self) -> Mapping[str, Any]:
        entry = catalogue.find(catalogue.load().dyno_sizes, self.size)
        return entry.row if entry else {}


def build_environment(
    folders: BuildFolders,
    config_vars: Mapping[str, str],
    build_variables: Mapping[str, str],
    buildpack_variables: Mapping[str, str],
) -> dict[str, str]:
    """Return the environment of what a buildpack runs in a build.

    Args:
        folders: where the build works.
        config_vars: the app's config vars.
        build_variables: more about the build, such as SOURCE_VERSION.
        buildpack_variables: what this buildpack and those before it set.
    """
    return {
        **build_variables,
        "BUILD_DIR": str(folders.slug / APP),
        "CACHE_DIR": str(folders.cache),
        "ENV_DIR": str(folders.config_vars),
        "LANG": default_locale(),
        "NPM_CONFIG_PREFIX": str(folders.home / GLOBAL_PACKAGES),
        "PATH": BUILD_PATH,
        **buildpack_variables,
        **{name: value for name, value in config_vars.items() if name not in NOT_IN_BUILDS},
        "HOME": str(folders.home),
    }


def joined(folders: Iterable[Path | str], rest: str) -> str:
    """Return a search path: the folders, then the rest if it is not empty."""
    return ":".join([*map(str, folders), *([rest] if rest else [])])


@functools.cache
def default_locale() -> str:
    """Return the first locale that this machine has."""
    before = locale.setlocale(locale.LC_MONETARY)
    try:
        locale.setlocale(locale.LC_MONETARY, LOCALES[0])
    except locale.Error:
        return LOCALES[1]
    finally:
        locale.setlocale(locale.LC_MONETARY, before)
    return LOCALES[0]
