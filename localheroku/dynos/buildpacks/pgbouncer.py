"""A stand-in for Heroku's PgBouncer buildpack: its commands, as if the pool was switched off.

https://github.com/heroku/heroku-buildpack-pgbouncer (bin/start-pgbouncer)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localheroku.dynos.buildpacks.buildpack import Buildpack, Compilation

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = ("start-pgbouncer", "start-pgbouncer-stunnel", "use-pgbouncer")
SCRIPT = '#!/usr/bin/env bash\n[[ "$0" != "${BASH_SOURCE[0]}" ]] || exec "$@"\n'
"""On Heroku, the commands do the same if the config var PGBOUNCER_ENABLED is 0."""


class PgbouncerBuildpack(Buildpack):
    """Writes commands that run the app without a connection pool."""

    name = "heroku/pgbouncer"
    title = "pgbouncer"
    repositories = ("heroku/heroku-buildpack-pgbouncer",)

    def detects(self, app: Path) -> bool:  # noqa: ARG002 - it takes every source
        return True

    def check(self, app: Path) -> None:
        """Do nothing: it takes every source."""

    async def compile(self, build: Compilation) -> None:
        build.warn(
            f"{self.name} has no pool here: bin/{COMMANDS[0]} runs its command with connections "
            "directly to the database"
        )
        folder = build.app / "bin"
        folder.mkdir(exist_ok=True)
        for name in COMMANDS:
            (folder / name).write_text(SCRIPT)
            (folder / name).chmod(0o755)
