"""An app's source as it was uploaded: unpacked safely, its Procfile read."""

from __future__ import annotations

import re
import secrets
import shutil
import tarfile
import zlib
from typing import TYPE_CHECKING

from dynostack.heroku import full_disk
from dynostack.heroku.dynos.environment import APP

if TYPE_CHECKING:
    from pathlib import Path

PROCFILE = "Procfile"
REQUIREMENTS = "requirements.txt"
UNKNOWN = "No default language could be detected for this app"
NO_ROOM = "the disk of the local Heroku is full: free some space and build again"
LARGEST_BYTES = 2_000_000_000
"""Of all that an archive holds, however small it is itself; four times what a slug may have."""
PROCESS_TYPE = re.compile(r"^([-\w]{1,128})\s*:\s*(\S.*?)\s*$")


class BuildFailed(Exception):
    """The source cannot become a slug; the text says why and what to write."""


def unpack(archive: Path, folder: Path) -> None:
    """Extract a tar archive, compressed or not, into a new folder and nowhere else.

    Where all of it is in one top folder, as in an archive that GitHub makes, that folder is the
    source: https://devcenter.heroku.com/articles/build-and-release-using-the-api

    Raises:
        BuildFailed: it is no such archive, or something in it reaches out of the folder.
    """
    _extract_all(archive, folder, "the source")
    _lift_only_folder(folder)


def unpack_slug(archive: Path, folder: Path) -> None:
    """Extract an archive whose files are below `./app`, as dynos have them.

    Raises:
        BuildFailed: it is no such archive.
    """
    _extract_all(archive, folder, "the slug")
    if not (folder / APP).is_dir():
        raise BuildFailed("the slug has no folder ./app: pack the app's files below it")


def pack_slug(files: Path, archive: Path) -> None:
    """Write what `unpack_slug` reads."""
    archive.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = archive.with_name(f"{archive.name}.{secrets.token_hex(4)}")
    with tarfile.open(draft, "w:gz") as tar:
        tar.add(files, f"./{APP}")
    draft.replace(archive)


def _extract_all(archive: Path, folder: Path, what: str) -> None:
    folder.mkdir(parents=True)
    root = folder.resolve()
    total = 0
    try:
        with tarfile.open(archive) as tar:
            for member in tar:
                total += tarfile.BLOCKSIZE + member.size
                if total > LARGEST_BYTES:
                    raise BuildFailed(f"{what} is too large: {LARGEST_BYTES} bytes at most")
                _extract(tar, member, root)
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        if full_disk.tells_of(error, folder):
            raise BuildFailed(NO_ROOM) from None
        raise BuildFailed(f"{what} is not a readable tar.gz archive: {error}") from None


def _lift_only_folder(folder: Path) -> None:
    entries = list(folder.iterdir())
    if len(entries) != 1 or entries[0].is_symlink() or not entries[0].is_dir():
        return
    aside = folder.with_name(f"{folder.name}.top")
    entries[0].rename(aside)
    folder.rmdir()
    aside.rename(folder)


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, root: Path) -> None:
    # tarfile's own filter "data" is missing in Python 3.11.0 to 3.11.3, which some systems have.
    target = root / member.name
    _require_inside(target, root, member)
    if member.isdir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    if member.issym():
        _require_inside(target.parent / member.linkname, root, member)
        target.symlink_to(member.linkname)
    elif member.isfile():
        content = tar.extractfile(member)
        if content:
            with content, target.open("wb") as file:
                shutil.copyfileobj(content, file)
        target.chmod(0o755 if member.mode & 0o100 else 0o644)
    else:
        raise BuildFailed(f"{member.name} in the source is no file, folder or symbolic link")


def _require_inside(path: Path, root: Path, member: tarfile.TarInfo) -> None:
    if path == root:
        return
    try:
        inside = path.parent.resolve().joinpath(path.name).resolve().is_relative_to(root)
    except RuntimeError:  # what Python before 3.13 says of links that lead round in a circle
        inside = False
    if not inside:
        raise BuildFailed(f"{member.name} in the source reaches out of the source's folder")


def require(folder: Path) -> None:
    """See that the source is a Python app that Heroku can run.

    Raises:
        BuildFailed: it lacks a file.
    """
    advice = {
        REQUIREMENTS: "list the app's packages in it, each with its version",
        PROCFILE: "write a line such as `web: gunicorn shop.wsgi` into it",
    }
    for name, help_text in advice.items():
        if (folder / name).is_file():
            continue
        elsewhere = sorted(folder.glob(f"*/{name}"))
        if elsewhere:
            inner = elsewhere[0].parent.name
            raise BuildFailed(
                f"{name} is in the source's folder {inner}, and Heroku looks in the top folder "
                f"only: upload what is in {inner}, without the folder itself"
            )
        lacking = f"the source has no {name} in its top folder: {help_text}"
        raise BuildFailed(f"{UNKNOWN}: {lacking}" if name == REQUIREMENTS else lacking)


def process_types(folder: Path) -> dict[str, str]:
    """The commands of the Procfile.

    https://devcenter.heroku.com/articles/procfile#procfile-format

    Raises:
        BuildFailed: a line is not `type: command`.
    """
    types: dict[str, str] = {}
    text = (folder / PROCFILE).read_text(errors="replace")
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = PROCESS_TYPE.match(line)
        if not found:
            raise BuildFailed(f"line {number} of the Procfile is not `type: command`: {line}")
        types[found[1]] = found[2]
    if not types:
        raise BuildFailed("the Procfile is empty: write a line such as `web: gunicorn shop.wsgi`")
    return types
