"""Slugs, which a build creates or a client uploads.

https://devcenter.heroku.com/articles/platform-api-deploying-slugs
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localheroku.api.apps.models import App
from localheroku.api.builds.slugs.errors import (
    BlobChecksumError,
    BlobFormError,
    BlobMissingError,
    ProcessTypesError,
    SlugNotFoundError,
)
from localheroku.api.catalogue import models as platforms
from localheroku.core import catalogue
from localheroku.core.backends import SlugUnusable
from localheroku.core.record import Record
from localheroku.core.state import Document, State

PROCESS_TYPE = re.compile(r"[-\w]{1,128}")


@dataclass(frozen=True, kw_only=True)
class Slug(Record):
    """A slug. The parent record is the app, or None while the slug is being removed.

    `path` is the folder with its files, empty until the first release of an uploaded slug; `size`
    is in bytes. For a slug with an upload, `key` gives access to its archive and `upload_key`
    allows replacing it.
    """

    path: str
    process_types: dict[str, str]
    size: int | None
    stack: str
    commit: str | None
    checksum: str | None
    commit_description: str | None = None
    description: str | None = "Python"
    key: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)
    upload_key: str = field(default="", repr=False)


def find(state: State, identity: str) -> Slug:
    """Return the slug of any app with an id: an app can release the slug of another app.

    https://devcenter.heroku.com/articles/platform-api-copying-slugs

    Raises:
        SlugNotFoundError: There is no such slug.
    """
    slug = state.store.find(Slug, identity)
    if slug is None or slug.parent is None:
        raise SlugNotFoundError
    return slug


def of_app(state: State, app: App) -> list[Slug]:
    return state.store.every(Slug, parent=app.id)


def readable_with(state: State, key: str) -> Slug | None:
    """Return the slug whose archive can be downloaded with a key."""
    return state.store.named(Slug, key=key) if key else None


def writable_with(state: State, key: str) -> Slug | None:
    """Return the slug whose archive can be replaced with a key."""
    return state.store.named(Slug, upload_key=key) if key else None


def create(state: State, app: App, options: Mapping[str, Any], stack: str | None) -> Slug:
    """Create a slug to which a client then uploads an archive.

    Raises:
        ProcessTypesError: The process types are invalid.
    """
    types = options["process_types"]
    if not types or not all(
        isinstance(command, str) and "\0" not in command and PROCESS_TYPE.fullmatch(name)
        for name, command in types.items()
    ):
        raise ProcessTypesError
    return state.store.put(
        Slug(
            **state.stamp(),
            parent=app.id,
            path="",
            process_types=types,
            size=None,
            stack=platforms.find_stack(state, stack).name if stack else app.build_stack,
            commit=options.get("commit"),
            commit_description=options.get("commit_description"),
            checksum=options.get("checksum"),
            description=options.get("buildpack_provided_description"),
            upload_key=secrets.token_hex(32),
        )
    )


async def upload(state: State, slug: Slug, chunks: AsyncIterable[bytes]) -> None:
    """Store the slug's archive; existing releases keep the archive that they were created with."""
    archive = _archive(state, slug)
    archive.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    await state.uploads.write(archive, chunks)
    state.change(slug, size=archive.stat().st_size)


async def archive(state: State, slug: Slug) -> Path | None:
    """Return the uploaded archive, or an archive of the files of a build, or None."""
    uploaded = _archive(state, slug)
    if not uploaded.is_file() and slug.path:
        uploaded.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        await state.backends.builder.pack(slug.id, uploaded)
    return uploaded if uploaded.is_file() else None


async def install(state: State, app: App, slug: Slug) -> Slug:
    """Unpack the slug's archive so that dynos can run it.

    Raises:
        ParamsError: The archive is missing or unusable.
    """
    if not slug.path:
        uploaded = _archive(state, slug)
        if not uploaded.is_file():
            raise BlobMissingError(slug=slug.id)
        await asyncio.to_thread(_verify, slug, uploaded)
        try:
            path = await state.backends.builder.install(slug.id, uploaded)
        except SlugUnusable as error:
            raise BlobFormError(slug=slug.id, reason=error) from None
        slug = state.change(slug, path=str(path))
    state.change(app, slug_size=slug.size, stack=slug.stack)
    return slug


def detach(state: State, slug: Slug) -> None:
    """Keep a slug after its app's record is gone, until `forget` removes its files."""
    state.change(slug, parent=None)


def detached(state: State) -> list[Slug]:
    """Return the slugs whose removal was interrupted."""
    return state.store.having(Slug, parent=None)


async def forget(state: State, slug: Slug) -> None:
    """Remove a detached slug with its files and its archive."""
    await state.backends.builder.forget(slug.id)
    _archive(state, slug).unlink(missing_ok=True)
    state.store.remove(slug)


def _verify(slug: Slug, archive: Path) -> None:
    expected = (slug.checksum or "").lower().removeprefix("sha256:")
    if not expected:
        return
    with archive.open("rb") as file:
        if expected != hashlib.file_digest(file, "sha256").hexdigest():
            raise BlobChecksumError(slug=slug.id)


def _archive(state: State, slug: Slug) -> Path:
    return state.settings.data / "blobs" / f"{slug.id}.tgz"


def document(state: State, slug: Slug, method: str = "get") -> Document:
    """Return the slug as the API shows it; `method` is the HTTP method for the blob's URL."""
    key = slug.upload_key if method == "put" else slug.key
    return {
        "id": slug.id,
        "blob": {"method": method, "url": state.settings.stream("slug", key)},
        "buildpack_provided_description": slug.description,
        "checksum": slug.checksum,
        "commit": slug.commit,
        "commit_description": slug.commit_description,
        "process_types": slug.process_types,
        "size": slug.size,
        "stack": catalogue.brief("stack", slug.stack),
        "created_at": slug.created_at,
        "updated_at": slug.updated_at,
    }
