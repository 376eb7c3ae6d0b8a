"""Real Git repositories for tests."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

AUTHOR = ("-c", "user.name=Dev", "-c", "user.email=dev@acme.example", "-c", "commit.gpgsign=false")


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *AUTHOR, *arguments], check=True, capture_output=True)


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def commit(folder: Path) -> None:
    """Commit everything that Git does not ignore; nothing new is no error."""
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "--allow-empty", "-m", "a change")


def repository(folder: Path) -> Path:
    """Make a folder a repository with everything in it committed."""
    git(folder, "init", "-q")
    commit(folder)
    return folder
