"""Builds with the apt of this machine, and a repository of one package in a folder."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from localheroku.core import programs
from localheroku.dynos.builder import SlugBuilder
from localheroku.dynos.buildpacks import apt
from localheroku.dynos.dyno_environment import dyno_environment
from tests.localheroku.dynos.buildpacks.sources import Workbench

pytestmark = pytest.mark.e2e

APT = "heroku-community/apt"
NOTHING = {"requirements.txt": "# nothing\n", "Procfile": "web: greet\n"}
CONTROL = """Package: greeting
Version: {version}
Architecture: all
Maintainer: nobody <nobody@example.com>
Description: greets
"""
CONFIG = "prefix=/usr\nName: greeting\n"


@pytest.fixture
def workbench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    monkeypatch.setattr(apt, "SYSTEM", tmp_path / "etc/apt")
    builder = SlugBuilder(tmp_path / "data")
    yield Workbench(tmp_path, builder)
    builder.close()


def repository(folder: Path, version: str = "1.0") -> Path:
    """Create a repository with a package; return the package's file."""
    tree = folder / "tree"
    files = {
        "DEBIAN/control": CONTROL.format(version=version),
        "usr/bin/greet": "#!/bin/sh\necho hello\n",
        "usr/lib/pkgconfig/greeting.pc": CONFIG,
    }
    for name, text in files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    (tree / "usr/bin/greet").chmod(0o755)
    package = folder / f"greeting_{version}_all.deb"
    command = ("dpkg-deb", "--root-owner-group", "--build", str(tree), str(package))
    subprocess.run(command, check=True, capture_output=True)
    content = package.read_bytes()
    fields = {
        "Filename": f"./{package.name}",
        "Size": len(content),
        "SHA256": hashlib.sha256(content).hexdigest(),
    }
    lines = [f"{name}: {value}\n" for name, value in fields.items()]
    (folder / "Packages").write_text(CONTROL.format(version=version) + "".join(lines))
    return package


async def test_packages_are_unpacked_into_the_app(workbench: Workbench, tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    await asyncio.to_thread(repository, folder)
    aptfile = f"# ours\n:repo:deb [trusted=yes] copy:{folder} ./\ngreeting\n"
    hook = {"bin/pre_compile": "greet; echo $PKG_CONFIG_PATH\n"}
    files = NOTHING | hook | {"Aptfile": aptfile}

    slug = await workbench.build(files, APT, "heroku/python")

    app = slug.path / "app"
    assert workbench.has("-----> Installing greeting_1.0_all.deb")
    assert "       hello" in workbench.output, "the next buildpack has it on its PATH"
    assert workbench.has(f"{app}/.apt/usr/lib/pkgconfig")
    config = await asyncio.to_thread((app / ".apt/usr/lib/pkgconfig/greeting.pc").read_text)
    assert config == CONFIG.replace("/usr", f"{app}/.apt/usr")
    home = Path("/home-of-dyno")
    env = dyno_environment(slug.path, home, {}, "web.1", "Basic", None)
    places = env["PATH"].split(":")
    python = str((slug.path / "environment").resolve() / "bin")
    assert places[:2] == [python, f"{home}/.apt/usr/bin"]
    assert f"{home}/.apt/usr/lib" in env["LD_LIBRARY_PATH"].split(":")

    await asyncio.to_thread(shutil.rmtree, folder)
    again = await workbench.build(files, APT, "heroku/python")
    assert "-----> Reusing cache" in workbench.output
    assert (again.path / "app/.apt/usr/bin/greet").exists()


async def test_what_cannot_be_had_is_named(workbench: Workbench, tmp_path: Path) -> None:
    package = await asyncio.to_thread(repository, tmp_path / "repository")
    aptfile = f"no-such-package\nfile:{package}\n"
    slug = await workbench.build(NOTHING | {"Aptfile": aptfile}, APT, "heroku/python")
    warnings = [line for line in workbench.output if line.startswith(" !     no-such-package of")]
    assert len(warnings) == 1
    assert (slug.path / "app/.apt/usr/bin/greet").exists()


@pytest.mark.parametrize(
    ("aptfile", "message"),
    [
        ("# nothing\n\n", "Aptfile names no packages: delete it, and remove the buildpack"),
        ("libgeos-c1v5\n", "not run here, as this machine has no apt-get: install what the app ne"),
    ],
)
async def test_without_packages_or_apt_the_build_goes_on(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch, aptfile: str, message: str
) -> None:
    find = programs.find
    missing = {"apt-get"}
    monkeypatch.setattr(
        programs, "find", lambda name, folders: None if name in missing else find(name, folders)
    )
    await workbench.build(NOTHING | {"Aptfile": aptfile}, APT, "heroku/python")
    assert workbench.has(message)
