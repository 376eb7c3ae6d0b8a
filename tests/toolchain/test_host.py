"""Tests of the language host with the real engine."""

from __future__ import annotations

import shutil
import signal
import sys
from pathlib import Path

import psutil
import pytest

from dynostack.toolchain import versions
from dynostack.toolchain.engine import Engine
from tests.toolchain.parts import Loopback
from tests.toolchain.rig import Rig, until

pytestmark = [pytest.mark.e2e, pytest.mark.long]

PROGRAM = """
import os, sys
from pathlib import Path
import pulumi
from neighbor import NAME

config = pulumi.Config()
pulumi.export("name", NAME)
pulumi.export("argv", sys.argv)
pulumi.export("cwd", os.getcwd())
pulumi.export("stack", [pulumi.get_organization(), pulumi.get_project(), pulumi.get_stack()])
pulumi.export("greeting", config.get("greeting"))
pulumi.export("token", config.get_secret("token"))
pulumi.export("preview", pulumi.runtime.is_dry_run())
"""

HANGING = """
import os, time
from pathlib import Path
Path("host").write_text(str(os.getpid()))
while True:
    time.sleep(0.1)
"""


@pytest.fixture
def rig(tmp_path: Path, bare_engine: Engine) -> Rig:
    rig = Rig.of(tmp_path / "project", bare_engine, PROGRAM)
    (rig.world.project / "neighbor.py").write_text("NAME = 'neighbor'\n")
    return rig


def failing(tmp_path: Path, bare_engine: Engine, program: str) -> str:
    rig = Rig.of(tmp_path / "project", bare_engine, f"import pulumi\n{program}\n")
    return rig.run("preview", code=1).partition("Diagnostics:")[2]


def test_life_of_a_stack_without_a_warning(rig: Rig) -> None:
    commands = (["preview"], ["up", "--yes"], ["refresh", "--yes"], ["destroy", "--yes"])
    for command in commands:
        assert "warning" not in rig.run(*command).lower()


def test_no_request_leaves_this_machine(rig: Rig, releases: Loopback) -> None:
    """Check with a proxy, which records every request that is not for this machine."""
    rig.variables.update(HTTPS_PROXY=releases.address, HTTP_PROXY=releases.address)
    rig.variables.update(NO_PROXY="127.0.0.1,localhost")
    rig.run("preview")
    rig.run("up", "--yes", "--skip-preview")
    assert releases.requests == []


def test_the_proxy_records_a_request(rig: Rig, releases: Loopback) -> None:
    rig.variables.update(HTTPS_PROXY=releases.address, PULUMI_SKIP_UPDATE_CHECK="false")
    rig.run("preview")
    assert releases.requests == ["api.pulumi.com:443"]


def test_second_preview_has_no_changes(rig: Rig) -> None:
    (rig.world.project / "__main__.py").write_text("import pulumi\npulumi.export('a', 1)\n")
    rig.run("up", "--yes", "--skip-preview")
    rig.run("preview", "--expect-no-changes")


def test_program_knows_its_stack_and_folder(rig: Rig) -> None:
    rig.run("config", "set", "greeting", "hello")
    rig.run("up", "--yes", "--skip-preview")
    project = str(rig.world.project)
    outputs = rig.outputs()
    assert outputs["name"] == "neighbor"
    assert outputs["argv"] == [f"{project}/__main__.py"]
    assert outputs["cwd"] == project
    assert outputs["stack"] == ["organization", "rig", "local"]
    assert outputs["greeting"] == "hello"
    assert outputs["preview"] is False


def test_secret_stays_secret(rig: Rig) -> None:
    rig.run("config", "set", "--secret", "token", "open-sesame")
    shown = rig.run("up", "--yes", "--skip-preview")
    assert rig.outputs()["token"] == "[secret]"
    assert "open-sesame" not in shown
    assert "open-sesame" not in rig.run("stack", "export")


def test_run_error_shows_its_message_only(tmp_path: Path, bare_engine: Engine) -> None:
    shown = failing(tmp_path, bare_engine, 'raise pulumi.RunError("Pulumi.local.yaml:3: no")')
    assert "error: Pulumi.local.yaml:3: no" in shown
    assert "Traceback" not in shown
    assert "__main__.py" not in shown
    assert shown.count("Pulumi.local.yaml:3: no") == 1


def test_crash_shows_where(tmp_path: Path, bare_engine: Engine) -> None:
    shown = failing(tmp_path, bare_engine, "def half(n): return n / 0\nhalf(1)")
    assert "the program stopped with an error" in shown
    assert '__main__.py", line 3, in <module>' in shown
    assert "ZeroDivisionError: division by zero" in shown
    assert "toolchain" not in shown


def test_crash_in_an_output_shows_where(tmp_path: Path, bare_engine: Engine) -> None:
    shown = failing(tmp_path, bare_engine, "pulumi.Output.from_input(1).apply(lambda n: n / 0)")
    assert '__main__.py", line 2, in <lambda>' in shown
    assert "Task" not in shown


def test_exit_code_is_reported(tmp_path: Path, bare_engine: Engine) -> None:
    assert "the program ended with 3" in failing(tmp_path, bare_engine, "raise SystemExit(3)")


def test_exit_without_a_code_is_a_success(rig: Rig) -> None:
    (rig.world.project / "__main__.py").write_text("raise SystemExit\n")
    rig.run("preview")


def test_print_is_shown(rig: Rig) -> None:
    (rig.world.project / "__main__.py").write_text("print('seen by the user')\n")
    assert "seen by the user" in rig.run("preview")


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_quietly(rig: Rig, sent: signal.Signals) -> None:
    (rig.world.project / "__main__.py").write_text(HANGING)
    pid = rig.world.project / "host"
    preview = rig.start("preview")
    until(lambda: pid.exists() and pid.read_text() != "")
    preview.send_signal(sent)
    shown, _ = preview.communicate(timeout=60)
    assert "preview canceled" in shown
    assert "Traceback" not in shown
    until(lambda: not psutil.pid_exists(int(pid.read_text())))


def test_host_does_not_outlive_a_killed_engine(rig: Rig) -> None:
    (rig.world.project / "__main__.py").write_text(HANGING)
    pid = rig.world.project / "host"
    preview = rig.start("preview")
    until(lambda: pid.exists() and pid.read_text() != "")
    preview.kill()
    preview.communicate()
    until(lambda: not psutil.pid_exists(int(pid.read_text())))


def test_about(rig: Rig) -> None:
    shown = rig.run("about")
    assert versions.ENGINE_VERSION in shown
    assert sys.executable in shown


def test_policy_pack(rig: Rig, tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("runtime: python\n")
    shutil.copy(Path(__file__).with_name("pack.py"), pack / "__main__.py")
    shown = rig.run("preview", "--policy-pack", str(pack), code=1)
    assert "[mandatory]  nothing-at-all" in shown
    assert "forbidden: 1 resource" in shown
    assert "warning" not in shown.lower()
    until(lambda: not [p for p in psutil.process_iter(["cmdline"]) if str(pack) in _line(p)])


def _line(process: psutil.Process) -> str:
    return " ".join(process.info["cmdline"] or ())
