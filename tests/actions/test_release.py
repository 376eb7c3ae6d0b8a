"""The shell of each step of the workflow `release`, up to the upload."""

from __future__ import annotations

import os
import subprocess
from importlib.metadata import version
from pathlib import Path

import yaml

from tests.actions.own_workflows import ROOT
from tests.actions.runner import SHELL
from tests.wheel.package import surroundings

SOAK = "DYNOSTACK_SOAK" in os.environ


def steps() -> dict[str, str]:
    """Return step -> its shell."""
    jobs = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())["jobs"]
    return {step["name"]: step["run"] for step in jobs["build"]["steps"] if "run" in step}


def run(checkout: Path, temporary: Path, script: str, tag: str) -> subprocess.CompletedProcess[str]:
    variables = {
        "GITHUB_REF_NAME": tag,
        "GITHUB_WORKSPACE": str(checkout),
        "RUNNER_TEMP": str(temporary),
    }
    return subprocess.run(
        [*SHELL, script],
        cwd=checkout,
        env={**surroundings(), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_tag_of_another_version_is_refused(tmp_path: Path) -> None:
    done = run(ROOT, tmp_path, steps()["Compare the tag with the version"], "v0.0.0")
    assert done.returncode == 1
    assert done.stdout.startswith("::error::the tag v0.0.0 does not match the version ")


if SOAK:

    def test_a_release_is_built_and_tried(tmp_path: Path) -> None:
        """It takes a minute, most of it for the installation of tools."""
        checkout = tmp_path / "checkout"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(checkout)], check=True)
        tag = f"v{version('dynostack')}"
        for name, script in steps().items():
            done = run(checkout, tmp_path, script, tag)
            assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"
        kinds = {each.name.removeprefix(f"dynostack-{tag[1:]}") for each in checkout.glob("dist/*")}
        assert kinds == {"-py3-none-any.whl", ".tar.gz"}
