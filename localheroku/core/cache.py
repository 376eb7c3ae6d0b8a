"""A cache of folders that are created once, completely, and reused by every later run."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def cache_directory() -> Path:
    """Return dynostack's folder among this user's caches."""
    return user_cache_path("dynostack")


@dataclass(frozen=True)
class Cache:
    """The user's cache directory."""

    folder: Path

    def entry(self, name: str) -> Path:
        """Return the path of the entry `name`, which need not exist."""
        return self.folder / name

    def made(self, name: str, make: Callable[[Path], None], say: Callable[[str], None]) -> Path:
        """Return the entry `name`, creating it if missing.

        `make` fills a temporary folder beside the entry, which is renamed when it is complete.
        Processes that do this at the same time wait for the first one.  Leftovers of a killed
        process are removed by the next one.

        Args:
            name: the name of the entry.
            make: called with the temporary folder.
            say: called with a line of text if this process has to wait.
        """
        with self._lock(name, say):
            entry = self.entry(name)
            if entry.is_dir():
                return entry
            for left in self.folder.glob(f".{name}.*"):
                shutil.rmtree(left)
            partial = Path(tempfile.mkdtemp(dir=self.folder, prefix=f".{name}."))
            try:
                make(partial)
                partial.chmod(0o755)
                partial.rename(entry)
            finally:
                shutil.rmtree(partial, ignore_errors=True)
            return entry

    @contextmanager
    def _lock(self, name: str, say: Callable[[str], None]) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.entry(f"{name}.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say(f"waiting for another dynostack process that is installing {name}")
                fcntl.flock(file, fcntl.LOCK_EX)
            yield
