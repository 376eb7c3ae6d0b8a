"""The scripts with which a source takes part in its build: bin/pre_compile and bin/post_compile.

https://devcenter.heroku.com/articles/python-support#build-behavior,
https://github.com/heroku/heroku-buildpack-python (lib/hooks.sh, v351)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localheroku.dynos import processes, shell
from localheroku.dynos.source import BuildFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from localheroku.dynos.process_registry import ProcessRegistry

PRE_COMPILE = "pre_compile"
POST_COMPILE = "post_compile"


def present(app: Path) -> bool:
    """Return whether the source has a hook, which may also write files of the source."""
    return any((app / "bin" / name).is_file() for name in (PRE_COMPILE, POST_COMPILE))


async def run(
    name: str,
    app: Path,
    env: Mapping[str, str],
    on_line: Callable[[str], None],
    registry: ProcessRegistry,
) -> None:
    """Run a hook of the source if it has it; write its output to the build's.

    Raises:
        BuildFailed: it ended with an error.
    """
    script = app / "bin" / name
    if not script.is_file():
        return
    on_line(f"-----> Running bin/{name} hook")
    script.chmod(script.stat().st_mode | 0o111)
    # As in the buildpack, without the profile scripts; bash also runs a script without a #! line.
    command = shell.plain_command(f"bin/{name}")
    status = await processes.run(
        command, app, env, lambda line: on_line(f"       {line}"), registry
    )
    if status:
        raise BuildFailed(
            f"Failed to run the bin/{name} script: it exited with status {status}; fix the errors "
            "above, or remove or rename the script to prevent it from being run"
        )
