"""The environment that Heroku's Python buildpack makes for builds and dynos.

https://github.com/heroku/heroku-buildpack-python (bin/compile, vendor/, lib/, v351)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localheroku.dynos import package_manager
from localheroku.dynos.environment import DynoContext, default_locale, joined
from localheroku.dynos.slug_layout import APP, ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from localheroku.dynos.package_manager import PackageManager

NAME = "heroku/python"
ACCESS_LOG = "--access-logfile -"
CONTROL = "lib/python*/site-packages/gunicorn/ctl"
"""Matches a folder of gunicorn 25 and newer, which creates a control socket in the dyno's folder.

Here that folder's path is too long for a socket, so an argument prevents it. Older versions reject
this argument.
"""
MEGABYTES_PER_PROCESS = 256
"""Memory that the buildpack reserves for each process of a web server."""


def dyno_variables(dyno: DynoContext, before: Mapping[str, str]) -> dict[str, str]:
    """Return what a dyno has because Python is in its slug.

    Args:
        dyno: the dyno.
        before: its variables without those of this buildpack.
    """
    python = (dyno.slug / ENVIRONMENT).resolve()
    manager = package_manager.find(dyno.slug / APP)
    tools = _tools(manager, python) if manager and manager.runs_in_dynos else []
    libraries = python / "lib"
    # In place of PYTHONHOME, with which a virtual environment does not work: uWSGI needs either.
    folder = {"VIRTUAL_ENV": dyno.config_vars.get("VIRTUAL_ENV") or str(python)}
    variables = {
        **(folder if python.is_dir() else {}),
        **_concurrency(dyno),
        **(package_manager.dyno_variables(manager, python) if manager else {}),
        "FORWARDED_ALLOW_IPS": "*",
        "GUNICORN_CMD_ARGS": dyno.config_vars.get("GUNICORN_CMD_ARGS") or ACCESS_LOG,
        "LANG": dyno.config_vars.get("LANG") or default_locale(),
        "LD_LIBRARY_PATH": joined([libraries], before.get("LD_LIBRARY_PATH", "")),
        "LIBRARY_PATH": joined([libraries], before.get("LIBRARY_PATH", "")),
        "PATH": joined([python / "bin", *tools], before["PATH"]),
        "PYTHONPATH": dyno.config_vars.get("PYTHONPATH") or str(dyno.home),
        "PYTHONUNBUFFERED": "true",
    }
    return variables if dyno.port is None else variables | _web_variables(python, dyno)


def build_variables(
    python: Path, before: Mapping[str, str], manager: PackageManager | None = None
) -> dict[str, str]:
    """Return what hooks and collectstatic have, and the buildpacks after this one.

    Args:
        python: the folder of the app's Python.
        before: the variables without those of this buildpack.
        manager: the app's package manager, once it was installed.
    """
    libraries, headers = python / "lib", python / "include"
    return {
        "CPLUS_INCLUDE_PATH": joined([headers], before.get("CPLUS_INCLUDE_PATH", "")),
        "C_INCLUDE_PATH": joined([headers], before.get("C_INCLUDE_PATH", "")),
        "LD_LIBRARY_PATH": joined([libraries], before.get("LD_LIBRARY_PATH", "")),
        "LIBRARY_PATH": joined([libraries], before.get("LIBRARY_PATH", "")),
        "PATH": joined([*_tools(manager, python), python / "bin"], before["PATH"]),
        "PKG_CONFIG_PATH": joined([libraries / "pkg-config"], before.get("PKG_CONFIG_PATH", "")),
        "PYTHONUNBUFFERED": "1",
        **(package_manager.build_variables(manager, python) if manager else {}),
    }


def _tools(manager: PackageManager | None, python: Path) -> list[Path]:
    return [python / manager.tool_folder] if manager and manager.tool_folder else []


def _web_variables(python: Path, dyno: DynoContext) -> dict[str, str]:
    """Return what only a web dyno has; gunicorn listens on every interface unless told."""
    arguments = f"{ACCESS_LOG} --bind=127.0.0.1:{dyno.port}"
    if any(python.glob(CONTROL)):
        arguments += " --no-control-socket"
    return {"GUNICORN_CMD_ARGS": dyno.config_vars.get("GUNICORN_CMD_ARGS") or arguments}


def _concurrency(dyno: DynoContext) -> dict[str, str]:
    """Return how many processes a web server starts, by the memory and cores of the dyno's size."""
    megabytes = dyno.megabytes
    if megabytes is None or dyno.concurrency_by != NAME:
        return {}
    memory = {"DYNO_RAM": str(megabytes)}
    if "WEB_CONCURRENCY" in dyno.config_vars:
        return memory
    processes = min(megabytes // MEGABYTES_PER_PROCESS, dyno.cores * 2 + 1)
    return memory | {"WEB_CONCURRENCY": str(processes), "WEB_CONCURRENCY_SET_BY": NAME}
