"""An app's source as it was uploaded: unpacked safely, its Procfile read."""

from __future__ import annotations

import re
import secrets
import tarfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

from localheroku.core import disk_full
from localheroku.dynos import archive
from localheroku.dynos.links import TooManyLinks
from localheroku.dynos.slug_layout import APP
from localheroku.dynos.unpacked import MemberRefused, UnpackedFolder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

PROCFILE = "Procfile"
NOT_DETECTED = "No default language could be detected for this app"
DISK_FULL = "the disk of the local Heroku is full: free some space and build again"
VENVS = (".venv", "venv")
PROCESS_TYPE = re.compile(r"^([-\w]{1,128})\s*:\s*(\S.*?)\s*$")


class BuildFailed(Exception):
    """The source cannot become a slug; the text says why and what to do."""


def unpack(path: Path, folder: Path) -> None:
    """Extract a tar archive, compressed or not, into a new folder and nowhere else.

    If all of it is in one top folder, as in an archive from GitHub, that folder is the source:
    https://devcenter.heroku.com/articles/build-and-release-using-the-api

    Raises:
        BuildFailed: it is not such an archive, it has a virtual environment, or something in it
            points outside the folder.
    """
    with _extract(path, folder, "the source") as files:
        top = _only_folder(folder)
        check_no_venv(folder / top)  # it has links that lead outside
        files.check_links(top)
    if top:
        temporary = folder.with_name(f"{folder.name}.top")
        (folder / top).rename(temporary)
        folder.rmdir()
        temporary.rename(folder)


def unpack_slug(path: Path, folder: Path) -> None:
    """Extract an archive whose files are below `./app`, as dynos have them.

    Raises:
        BuildFailed: it is not such an archive.
    """
    with _extract(path, folder, "the slug") as files:
        files.check_links(APP)
    if not (folder / APP).is_dir():
        raise BuildFailed("the slug has no folder ./app: pack the app's files below it")


def pack_slug(files: Path, path: Path) -> None:
    """Write an archive that `unpack_slug` reads."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with tarfile.open(draft, "w:gz") as tar:
        tar.add(files, f"./{APP}")
    draft.replace(path)


@contextmanager
def _extract(path: Path, folder: Path, label: str) -> Iterator[UnpackedFolder]:
    folder.mkdir(parents=True)
    files = UnpackedFolder(folder, label)
    try:
        with archive.open_archive(path) as members:
            for member in members:
                files.add(members, member)
        yield files
    except archive.ArchiveRefused as error:
        raise BuildFailed(f"{label} {error}") from None
    except MemberRefused as error:
        raise BuildFailed(str(error)) from None
    except TooManyLinks:
        raise BuildFailed(
            f"{label}'s links take too long to follow: remove some of its symbolic links"
        ) from None
    except OSError as error:
        if disk_full.is_disk_full(error, folder):
            raise BuildFailed(DISK_FULL) from None
        raise BuildFailed(f"{label} cannot be unpacked: {disk_full.reason(error)}") from None


def _only_folder(folder: Path) -> str:
    """Return the name of the only entry if it is a folder; empty otherwise."""
    entries = list(folder.iterdir())
    if len(entries) != 1 or entries[0].is_symlink() or not entries[0].is_dir():
        return ""
    return entries[0].name


def check_no_venv(app: Path) -> None:
    """Check that the source has no virtual environment, which works on one machine only.

    Raises:
        BuildFailed: it has one.
    """
    for name in VENVS:
        if (app / name / "pyvenv.cfg").is_file():
            raise BuildFailed(
                f"Existing '{name}/' directory found: the source has a virtual environment, which "
                f"works only where it was created; write {name}/ into .gitignore, and if it is in "
                f"Git, run `git rm -r --cached {name}`"
            )


def misplaced(folder: Path, names: Iterable[str]) -> str:
    """Return what to do about the first of these files that is in an inner folder, if any is."""
    for name in names:
        for path in sorted(folder.glob(f"*/{name}"))[:1]:
            inner = path.parent.name
            return (
                f"{name} is in the source's folder {inner}, but Heroku looks only in the top "
                f"folder: upload the contents of {inner}, without the folder itself"
            )
    return ""


def process_types(folder: Path) -> dict[str, str]:
    """Return the commands of the Procfile by process type.

    https://devcenter.heroku.com/articles/procfile#procfile-format

    Raises:
        BuildFailed: a line is not `type: command`.
    """
    types: dict[str, str] = {}
    if not (folder / PROCFILE).is_file():
        return types
    text = (folder / PROCFILE).read_text(errors="replace")
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = PROCESS_TYPE.match(line)
        if not found:
            raise BuildFailed(f"line {number} of the Procfile is not `type: command`: {line}")
        types[found[1]] = found[2]
    return types


def explain_no_types(folder: Path) -> str:
    """Return why a source declares no process types, and what to write."""
    return misplaced(folder, [PROCFILE]) or (
        f"the source declares no process types, so that nothing runs: write a {PROCFILE} into its "
        "top folder with a line such as `web: gunicorn shop.wsgi`"
    )
