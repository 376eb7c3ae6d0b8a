"""Tests of examining stacks in several processes."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from dynostack.environment import examine_all
from dynostack.environment.source.shared_work import FEWEST, processes_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="work is shared only on Linux")

STACK = """\
config:
  shop:account: ops@acme.example
  shop:app: {{ name: {name}, source: site }}
"""
STACKS = ("one", "two", "three", "four", "five")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    for stack in STACKS:
        write(tmp_path, stack, "")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "Procfile").write_text("web: sleep 1\n")
    (tmp_path / "site" / "requirements.txt").write_text("Django==5.2\n")
    return tmp_path


def write(project: Path, stack: str, sections: str) -> None:
    text = STACK.format(name=f"acme-{stack}") + sections
    (project / f"Pulumi.{stack}.yaml").write_text(text)


def found(project: Path, processes: int) -> list[object]:
    return [each[::2] for each in examine_all(project, processes=processes)]


@pytest.mark.parametrize("processes", [2, 3, 7])
def test_several_processes_find_what_one_finds(project: Path, processes: int) -> None:
    (project / "Pulumi.two.yaml").write_text(STACK.format(name="acme-five"))
    (project / "Pulumi.three.yaml").write_text("config: [")
    (project / "Pulumi.four.yaml").write_text(STACK.format(name="Acme") + "  shop:nodes: 2\n")
    alone = found(project, 1)
    assert len(alone) == len(STACKS)
    assert "DS301" in str(alone)
    assert found(project, processes) == alone


def test_an_exemption_that_one_process_needs_is_needed(project: Path) -> None:
    procfile = project / "site" / "Procfile"
    procfile.write_text("web: sleep 1\n# dynostack: ignore[DS515]\nworker: sleep 2\n")
    dynos = "{ web: { size: basic, quantity: 1 }, worker: { size: basic, quantity: 1 } }"
    for stack in STACKS:
        write(project, stack, f"  shop:formation: {dynos}\n")
    write(project, "one", "  shop:formation: { web: { size: basic, quantity: 1 } }\n")
    assert "DS156" not in str(found(project, len(STACKS)))
    write(project, "one", f"  shop:formation: {dynos}\n")
    assert "DS156" in str(found(project, len(STACKS)))


def test_few_stacks_are_examined_by_one_process() -> None:
    assert processes_for(FEWEST) == 1


def test_an_interrupt_ends_all_processes_without_a_traceback(project: Path) -> None:
    (project / "config").mkdir()
    (project / "config" / "__init__.py").write_text(
        "import os, pathlib, time\n"
        "from dynostack.environment import Environment as Library\n"
        "class Environment(Library):\n"
        "    def model_post_init(self, context):\n"
        "        pathlib.Path(f'examining-{os.getpid()}').touch()\n"
        "        time.sleep(60)\n"
    )
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from dynostack.environment import examine_all\n"
        "try: list(examine_all(Path.cwd(), processes=2))\n"
        "except KeyboardInterrupt: sys.exit(130)\n"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while len(list(project.glob("examining-*"))) < 2:
        assert running.poll() is None
        time.sleep(0.05)
    # To the whole process group, as a terminal does.
    subprocess.run(["kill", "-INT", "--", f"-{running.pid}"], check=True)
    _, errors = running.communicate(timeout=30)
    assert (running.returncode, errors) == (130, "")
