"""The commands of the PgBouncer buildpack, without a pool."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

from localheroku.dynos.builder import SlugBuilder
from tests.localheroku.dynos.buildpacks.sources import Workbench

FILES = {"requirements.txt": "# nothing\n", "Procfile": "web: bin/start-pgbouncer serve\n"}


async def test_a_command_runs_without_a_pool(tmp_path: Path) -> None:
    workbench = Workbench(tmp_path, SlugBuilder(tmp_path / "data"))
    slug = await workbench.build(FILES, "heroku/pgbouncer", "heroku/python")
    workbench.builder.close()
    assert workbench.has(" !     heroku/pgbouncer has no pool here: bin/start-pgbouncer runs its")
    command = ["bin/start-pgbouncer", "sh", "-c", "echo $0 runs; exit 3", "it"]
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=slug.path / "app", capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (3, "it runs\n")
