"""The files of snapshots: copies of the local Heroku's folder, made while no instance runs."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from localheroku import addons
from localheroku.core import certificate
from localheroku.core.atomic_files import make_private, write_private

FOLDER = "snapshots"
FILES, INFO_FILE = "files", "about.json"
RESTORE_MARKER = "restoring"
"""Names the snapshot that is being restored, empty for a reset, in case the work is interrupted."""

KEPT_FILES = frozenset(
    {
        FOLDER,
        RESTORE_MARKER,
        certificate.FILE,
        "api-key",
        "lock",
        "recording.1.jsonl",
        "recording.jsonl",
        "requests.1.jsonl",
        "requests.jsonl",
        "server.log",
        "server.log.1",
        "tools",
    }
)
"""Files that are not part of the state: a snapshot neither copies nor replaces them."""

SHARED_FOLDERS = frozenset({"environments", "slugs"})
"""Folders with large files that never change, so a copy can share them."""


def folder(data: Path) -> Path:
    return data / FOLDER


def save(data: Path, name: str, about: Mapping[str, Any]) -> None:
    """Copy the current state; replace a snapshot of that name once the new one is complete."""
    draft, target = folder(data) / ".draft", folder(data) / name
    shutil.rmtree(draft, ignore_errors=True)
    make_private(draft / FILES)
    try:
        for entry in _state(data):
            if entry.name not in addons.SERVICES:
                _copy(entry, draft / FILES / entry.name)
        addons.save(data, draft / FILES)
        write_private(draft / INFO_FILE, json.dumps(about))
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    shutil.rmtree(target, ignore_errors=True)
    draft.rename(target)


def restore(data: Path, name: str) -> None:
    """Replace the current state with a snapshot's files; an empty name removes it all."""
    write_private(data / RESTORE_MARKER, name)
    addons.leave(data)
    for entry in _state(data):
        shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    if name:
        source = folder(data) / name / FILES
        for entry in source.iterdir():
            if entry.name not in addons.SERVICES:
                _copy(entry, data / entry.name)
        addons.load(source, data)
    (data / RESTORE_MARKER).unlink()


def finish_interrupted(data: Path) -> None:
    """Finish a restore that an earlier run of the server did not finish."""
    marker = data / RESTORE_MARKER
    if marker.is_file():
        restore(data, marker.read_text())


def remove(data: Path, name: str) -> None:
    shutil.rmtree(folder(data) / name)


def info(data: Path, name: str) -> dict[str, Any]:
    """Return the details of a snapshot that were stored with it."""
    about: dict[str, Any] = json.loads((folder(data) / name / INFO_FILE).read_text())
    return about


def names(data: Path) -> list[str]:
    """Return the names of all snapshots, in alphabetical order."""
    return sorted(file.parent.name for file in folder(data).glob(f"[!.]*/{INFO_FILE}"))


def _state(data: Path) -> list[Path]:
    return [entry for entry in data.iterdir() if entry.name not in KEPT_FILES]


def _copy(source: Path, target: Path) -> None:
    share: Callable[[str, str], object] = (
        os.link if {source.name, target.name} & SHARED_FOLDERS else shutil.copy2
    )
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, copy_function=share)
    else:
        shutil.copy2(source, target)
