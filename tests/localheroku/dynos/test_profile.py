"""Commands of an app run in bash, after its own profile scripts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from localheroku.dynos.logs import LogStore
from localheroku.dynos.manager import DynoManager
from tests.localheroku.dynos.slugs import runtime, slug

PROFILE = "export GREETING=$FIRST-hello\ngreet() { echo greeted by $GREETING in ${PWD##*/}; }\n"


@pytest.fixture
async def dynos(tmp_path: Path) -> AsyncIterator[DynoManager]:
    manager = DynoManager(tmp_path, LogStore(tmp_path))
    yield manager
    await manager.close()


async def output(dynos: DynoManager, app: Path, command: str) -> tuple[int, list[str]]:
    lines: list[str] = []
    status = await dynos.run(runtime(app, env={"NAME": "shop"}), command, "run.1", lines.append)
    return status, lines


async def test_a_command_is_written_for_bash(dynos: DynoManager, tmp_path: Path) -> None:
    command = "set -o pipefail; [[ $NAME == sh* ]] && { echo out; echo err >&2; exit 3; } |& sort"
    assert await output(dynos, slug(tmp_path), command) == (3, ["err", "out"])


async def test_profile_scripts_run_first_and_in_order(dynos: DynoManager, tmp_path: Path) -> None:
    made = slug(tmp_path)
    profiles = made / "app" / ".profile.d"
    profiles.mkdir()
    (profiles / "a.sh").write_text("export FIRST=a-$NAME\n")
    (profiles / "b.sh").write_text("export FIRST=$FIRST-b\n")
    (profiles / "README").write_text("exit 1\n")
    (made / "app" / ".profile").write_text(PROFILE)
    status, lines = await output(dynos, made, "greet; sh -c 'echo \"$GREETING\"'; no-such-command")
    assert status == 127
    assert lines[0].startswith("greeted by a-shop-b-hello in run.1-")
    assert lines[1] == "a-shop-b-hello"
    assert lines[2].endswith("bash: line 1: no-such-command: command not found")


async def test_a_profile_without_scripts_beside_it_is_enough(
    dynos: DynoManager, tmp_path: Path
) -> None:
    made = slug(tmp_path)
    (made / "app" / ".profile").write_text("export GREETING=hello")
    assert await output(dynos, made, "echo $GREETING") == (0, ["hello"])
