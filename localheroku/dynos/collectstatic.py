"""Django's static files, collected as Heroku's Python buildpack does it.

https://devcenter.heroku.com/articles/django-assets,
https://github.com/heroku/heroku-buildpack-python (bin/steps/collectstatic, v351)
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from localheroku.dynos import processes
from localheroku.dynos.source import BuildFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from localheroku.dynos.process_registry import ProcessRegistry

MANAGE = ("manage.py", "*/manage.py", "*/*/manage.py")
"""Where manage.py is searched for; the first match is used."""
STATIC_ROOT = "STATIC_ROOT"
SWITCH = "DISABLE_COLLECTSTATIC"
OLD_SWITCH = ".heroku/collectstatic_disabled"
HAS_DJANGO = "import importlib.util, sys; sys.exit(importlib.util.find_spec('django') is None)"


async def collect(
    app: Path, env: Mapping[str, str], on_line: Callable[[str], None], registry: ProcessRegistry
) -> None:
    """Collect static files if Django is installed; write the command's output to the build's.

    Args:
        app: the folder of the source.
        env: the build's environment.
        on_line: called with each line of the output.
        registry: gets the processes.

    Raises:
        BuildFailed: the project cannot be loaded or lacks the command, or the command failed.
    """
    if (app / OLD_SWITCH).is_file():
        on_line(f"-----> Skipping collectstatic, as there is a file {OLD_SWITCH}")
        on_line(f" !     {OLD_SWITCH} is deprecated on Heroku: set the config var {SWITCH} to 1")
        return
    if env.get(SWITCH, "0") not in {"", "0"}:
        on_line(f"-----> Skipping collectstatic, as {SWITCH} is set")
        return
    app_env = {**env, "PYTHONPATH": env.get("PYTHONPATH") or "."}

    async def python(*arguments: str, say: Callable[[str], None]) -> int:
        return await processes.run(["python", *arguments], app, app_env, say, registry)

    if await python("-c", HAS_DJANGO, say=lambda _line: None):
        return
    file = _manage(app)
    if file is None:
        on_line("-----> Skipping collectstatic, as there is no manage.py")
        return
    command = (str(file), "collectstatic", "--noinput")
    on_line(f"-----> $ python {' '.join(command)}")
    lacks_folder = False

    def say(line: str) -> None:
        nonlocal lacks_folder
        lacks_folder = lacks_folder or STATIC_ROOT in line
        on_line(f"       {line}")

    if await python(*command, say=say):
        hint = f" (a project with static files needs {STATIC_ROOT} in its settings)"
        raise BuildFailed(
            f"collectstatic failed: see the lines above; fix the error{hint * lacks_folder}, or set"
            f" the config var {SWITCH} to 1"
        )


def _manage(app: Path) -> PurePath | None:
    found = (path for pattern in MANAGE for path in sorted(app.glob(pattern)) if path.is_file())
    return next((path.relative_to(app) for path in found), None)
