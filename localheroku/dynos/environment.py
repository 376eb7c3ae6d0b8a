"""The environment of an app's process: config vars and dyno, nothing of the developer's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
APP = "app"
ENVIRONMENT = "environment"
CONTROL = "lib/python*/site-packages/gunicorn/ctl"
"""Matches a folder of gunicorn 25 and newer, which creates a control socket in the dyno's folder.

Here that folder's path is too long for a socket, so an argument prevents it. Older versions reject
this argument.
"""


def app_environment(slug: Path, home: Path, config_vars: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a command of the app, run in a copy of its slug at `home`."""
    python_environment = (slug / ENVIRONMENT).resolve()
    return {
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "true",
        "PYTHONHASHSEED": "random",
        **config_vars,
        "HOME": str(home),
        "PATH": f"{python_environment / 'bin'}:{SYSTEM_PATH}",
    }


def dyno_environment(
    slug: Path, home: Path, config_vars: Mapping[str, str], name: str, port: int | None
) -> dict[str, str]:
    """Return the environment of a dyno; only a web dyno has a port."""
    dyno = app_environment(slug, home, config_vars) | {"DYNO": name}
    if port is None:
        return dyno
    # By default gunicorn listens on every interface, which is right only on Heroku.
    arguments = f"--access-logfile=- --bind=127.0.0.1:{port}"
    if any((slug / ENVIRONMENT).glob(CONTROL)):
        arguments += " --no-control-socket"
    return {"GUNICORN_CMD_ARGS": arguments, **dyno, "PORT": str(port)}
