"""The package.json of an app, checked as Heroku's Node.js buildpack checks it.

https://devcenter.heroku.com/articles/nodejs-support,
https://github.com/heroku/heroku-buildpack-nodejs (bin/compile, lib/package_manager.sh, v363)
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localheroku.dynos.source import BuildFailed, misplaced

if TYPE_CHECKING:
    from pathlib import Path

FILE = "package.json"
LOCKS = {"package-lock.json": "npm", "pnpm-lock.yaml": "pnpm", "yarn.lock": "Yarn"}
"""The lock files, of which an app may have one."""
SHRINKWRAP = "npm-shrinkwrap.json"
PROGRAMS = ("npm", "pnpm", "yarn")
FOLDER = ".heroku"
"""Where the buildpack puts its programs, below the app's folder."""


@dataclass(frozen=True)
class PackageJson:
    """What the buildpack reads of a package.json."""

    scripts: Mapping[str, str]
    engines: Mapping[str, str]
    package_manager: str
    """The field packageManager, such as pnpm@9.1.0, without the digest that may follow."""
    cache_directories: tuple[str, ...]
    """Folders that the app wants to have cached instead of the default ones."""

    def pinned(self, program: str) -> str:
        """Return the version of a package manager in the field packageManager; or empty."""
        name, _, version = self.package_manager.partition("@")
        return version if name == program else ""

    def version(self, program: str) -> str:
        """Return the version or range that is requested of a package manager; or empty."""
        return self.pinned(program) or self.engines.get(program, "")


def read(app: Path) -> PackageJson:
    """Return an app's package.json.

    Raises:
        BuildFailed: it is missing or invalid, or contradicts itself or the lock files.
    """
    manifest = _parsed(app)
    if "iojs" in manifest.engines:
        raise BuildFailed(
            f'io.js is no longer supported: remove "iojs" from "engines" in {FILE}, and write the '
            'version of Node.js as "node"'
        )
    for path in (app / FOLDER, app / FOLDER / "node"):
        if path.is_file():
            raise BuildFailed(
                f"the source has a file {path.relative_to(app)}, where the buildpack puts its "
                "programs: remove it"
            )
    _check_one_lock(app)
    _check_one_manager(manifest)
    return manifest


def _parsed(app: Path) -> PackageJson:
    if not (app / FILE).is_file():
        where = misplaced(app, [FILE])
        raise BuildFailed(
            where or f"the source has no {FILE} in its top folder, which heroku/nodejs needs"
        )
    try:
        content: Any = json.loads((app / FILE).read_bytes())
    except json.JSONDecodeError as error:
        raise BuildFailed(
            f"Unable to parse your {FILE}: line {error.lineno}, column {error.colno}: {error.msg}; "
            "fix this error in it"
        ) from None
    except UnicodeDecodeError:
        raise BuildFailed(f"Unable to parse your {FILE}: save it as UTF-8") from None
    if not isinstance(content, dict):
        raise BuildFailed(f"Unable to parse your {FILE}: it has no object at its top level")
    folders = content.get("cacheDirectories") or content.get("cache_directories")
    return PackageJson(
        _texts(content.get("scripts")),
        _texts(content.get("engines")),
        str(content.get("packageManager") or "").partition("+")[0],
        tuple(str(each) for each in folders) if isinstance(folders, list) else (),
    )


def _texts(value: object) -> dict[str, str]:
    return {str(key): str(each) for key, each in value.items()} if isinstance(value, dict) else {}


def _check_one_lock(app: Path) -> None:
    locks = [name for name in LOCKS if (app / name).is_file()]
    if len(locks) > 1:
        labels = ", ".join(f"{name} ({LOCKS[name]})" for name in locks)
        raise BuildFailed(
            f"Multiple lockfiles found: {labels}; keep that of the package manager that you use, "
            "and delete the others"
        )
    if locks and (app / SHRINKWRAP).is_file():
        raise BuildFailed(
            f"Multiple lockfiles found: {locks[0]} conflicts with {SHRINKWRAP}; delete one of them"
        )


def _check_one_manager(manifest: PackageJson) -> None:
    fields = {f"engines.{name}": name for name in PROGRAMS if name in manifest.engines}
    for name in PROGRAMS[1:]:
        if manifest.pinned(name):
            fields["packageManager"] = name
    if len(set(fields.values())) > 1:
        raise BuildFailed(
            f"Multiple package managers declared in {FILE}: {', '.join(fields)}; keep that of the "
            "package manager that you use, and remove the others"
        )
