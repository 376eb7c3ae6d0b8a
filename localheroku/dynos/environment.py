"""The environment of an app's processes, as Heroku and its Python buildpack make it.

It has nothing of the developer's own. https://devcenter.heroku.com/articles/dynos,
https://github.com/heroku/heroku-buildpack-python (bin/compile, vendor/, lib/, v351)
"""

from __future__ import annotations

import functools
import locale
from dataclasses import dataclass
from typing import TYPE_CHECKING

from localheroku.core import catalogue
from localheroku.dynos import package_manager
from localheroku.dynos.slug_layout import APP, ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from localheroku.dynos.package_manager import PackageManager

SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
BUILD_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
LOCALES = ("en_US.UTF-8", "C.UTF-8")
"""The locale on Heroku, and the one that takes its place on a machine that does not have it."""
NOT_IN_BUILDS = frozenset(
    {"CPATH", "CPPATH", "LD_LIBRARY_PATH", "LD_PRELOAD", "LIBRARY_PATH", "PATH", "PYTHONHOME"}
)
"""Config vars that builds do not get (vendor/buildpack-stdlib_v8.sh)."""
ACCESS_LOG = "--access-logfile -"
CONTROL = "lib/python*/site-packages/gunicorn/ctl"
"""Matches a folder of gunicorn 25 and newer, which creates a control socket in the dyno's folder.

Here that folder's path is too long for a socket, so an argument prevents it. Older versions reject
this argument.
"""
MEGABYTES_PER_PROCESS = 256
"""Memory that the buildpack reserves for each process of a web server."""


@dataclass(frozen=True)
class BuildFolders:
    """Where a build works."""

    slug: Path
    home: Path
    cache: Path
    """Kept between the builds of an app."""
    config_vars: Path
    """A file for each config var."""


def dyno_environment(
    slug: Path,
    home: Path,
    config_vars: Mapping[str, str],
    name: str,
    size: str,
    port: int | None,
) -> dict[str, str]:
    """Return the environment of a dyno, run in a copy of its slug at `home`.

    Args:
        slug: the folder of the slug.
        home: the dyno's folder.
        config_vars: the app's config vars.
        name: such as web.1.
        size: the name of the dyno's size.
        port: the port of a web dyno.
    """
    python = (slug / ENVIRONMENT).resolve()
    manager = package_manager.find(slug / APP)
    tools = _tools(manager, python) if manager and manager.runs_in_dynos else []
    path = config_vars.get("PATH") or SYSTEM_PATH
    dyno = {
        **config_vars,
        **_concurrency(config_vars, size),
        **(package_manager.dyno_variables(manager, python) if manager else {}),
        "DYNO": name,
        "FORWARDED_ALLOW_IPS": "*",
        "GUNICORN_CMD_ARGS": config_vars.get("GUNICORN_CMD_ARGS") or ACCESS_LOG,
        "HOME": str(home),
        "LANG": config_vars.get("LANG") or _locale(),
        "LD_LIBRARY_PATH": _joined([python / "lib"], config_vars.get("LD_LIBRARY_PATH", "")),
        "LIBRARY_PATH": _joined([python / "lib"], config_vars.get("LIBRARY_PATH", "")),
        "PATH": _joined([python / "bin", *tools], path),
        "PYTHONPATH": config_vars.get("PYTHONPATH") or str(home),
        "PYTHONUNBUFFERED": "true",
    }
    return dyno if port is None else dyno | _web_variables(python, config_vars, port)


def build_environment(
    folders: BuildFolders,
    config_vars: Mapping[str, str],
    build_variables: Mapping[str, str],
    manager: PackageManager | None = None,
) -> dict[str, str]:
    """Return the environment of what a build runs: hooks and collectstatic.

    Args:
        folders: where the build works.
        config_vars: the app's config vars.
        build_variables: more about the build, such as SOURCE_VERSION.
        manager: the app's package manager, once it was installed.
    """
    python = (folders.slug / ENVIRONMENT).resolve()
    return {
        **build_variables,
        "BUILD_DIR": str(folders.slug / APP),
        "CACHE_DIR": str(folders.cache),
        "CPLUS_INCLUDE_PATH": str(python / "include"),
        "C_INCLUDE_PATH": str(python / "include"),
        "ENV_DIR": str(folders.config_vars),
        "LANG": _locale(),
        "LD_LIBRARY_PATH": str(python / "lib"),
        "LIBRARY_PATH": str(python / "lib"),
        "PATH": _joined([*_tools(manager, python), python / "bin"], BUILD_PATH),
        "PKG_CONFIG_PATH": str(python / "lib" / "pkg-config"),
        "PYTHONUNBUFFERED": "1",
        **(package_manager.build_variables(manager, python) if manager else {}),
        **{name: value for name, value in config_vars.items() if name not in NOT_IN_BUILDS},
        "HOME": str(folders.home),
    }


def _tools(manager: PackageManager | None, python: Path) -> list[Path]:
    return [python / manager.tool_folder] if manager and manager.tool_folder else []


def _web_variables(python: Path, config_vars: Mapping[str, str], port: int) -> dict[str, str]:
    """Return what only a web dyno has; gunicorn listens on every interface unless told."""
    arguments = f"{ACCESS_LOG} --bind=127.0.0.1:{port}"
    if any(python.glob(CONTROL)):
        arguments += " --no-control-socket"
    arguments = config_vars.get("GUNICORN_CMD_ARGS") or arguments
    return {"GUNICORN_CMD_ARGS": arguments, "PORT": str(port)}


def _concurrency(config_vars: Mapping[str, str], size: str) -> dict[str, str]:
    """Return how many processes a web server starts, by the memory and cores of the dyno's size."""
    entry = catalogue.find(catalogue.load().dyno_sizes, size)
    if entry is None:
        return {}
    megabytes = int(entry.row["memory"] * 1024)
    memory = {"DYNO_RAM": str(megabytes)}
    if "WEB_CONCURRENCY" in config_vars:
        return memory
    processes = min(megabytes // MEGABYTES_PER_PROCESS, int(entry.row["cores"]) * 2 + 1)
    return memory | {
        "WEB_CONCURRENCY": str(processes),
        "WEB_CONCURRENCY_SET_BY": "heroku/python",
    }


def _joined(folders: Iterable[Path], rest: str) -> str:
    return ":".join([*map(str, folders), *([rest] if rest else [])])


@functools.cache
def _locale() -> str:
    """Return the first locale that this machine has."""
    before = locale.setlocale(locale.LC_MONETARY)
    try:
        locale.setlocale(locale.LC_MONETARY, LOCALES[0])
    except locale.Error:
        return LOCALES[1]
    finally:
        locale.setlocale(locale.LC_MONETARY, before)
    return LOCALES[0]
