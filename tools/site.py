"""Builds the documentation site: `make site` writes it to `site/`."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from localheroku.core.cache import Cache, cache_directory

PROJECT = Path(__file__).parents[1]
SETTINGS = "mkdocs.yml"
PINS = Path(__file__).with_suffix(".txt")


class SiteError(Exception):
    """The site has warnings; the message lists them."""


def build(project: Path, into: Path) -> None:
    """Build the site of a project, with warnings as errors.

    Args:
        project: the folder of `mkdocs.yml` and `docs/`.
        into: the folder of the site, which is replaced.

    Raises:
        SiteError: a page has a broken link, or the builder fails.
    """
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        shutil.copytree(project / "docs", copy / "docs")
        shutil.copy(project / SETTINGS, copy)
        done = subprocess.run(
            [sys.executable, "-m", "zensical", "build", "--strict"],
            cwd=copy,
            env={**os.environ, "PYTHONPATH": str(_builder()), "NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise SiteError(click.unstyle(done.stdout).partition("Traceback (most recent call")[0])
        shutil.rmtree(into, ignore_errors=True)
        shutil.move(copy / "site", into)


def _builder() -> Path:
    """Return the folder of the pinned packages, installed into the user's cache if missing."""
    digest = hashlib.sha256(PINS.read_bytes()).hexdigest()[:12]
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return Cache(cache_directory()).made(f"site-{version}-{digest}", _install, print)


def _install(entry: Path) -> None:
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    pins = ("--require-hashes", "--requirement", str(PINS))
    subprocess.run([*pip, "--target", str(entry), *pins], check=True)


def main() -> None:
    """Build the site of this project."""
    try:
        build(PROJECT, PROJECT / "site")
    except SiteError as error:
        sys.exit(str(error))
    print(f"site/index.html: {len(list((PROJECT / 'site').rglob('*.html')))} pages")


if __name__ == "__main__":
    main()
