"""A build of an app's source code into a release.

https://devcenter.heroku.com/articles/build-and-release-using-the-api
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from dynostack.provider import build_output
from dynostack.provider.answers import BUILD, SOURCE
from dynostack.provider.check import Failure
from dynostack.provider.diff import Change, Difference
from dynostack.provider.errors import ProviderError, UnfinishedError
from dynostack.provider.fields import Field, Kind, told
from dynostack.provider.resources.base import (
    APP_ID,
    Resource,
    found,
    given,
    import_parts,
    made_once,
    still_there,
)
from dynostack.provider.rules import secure_url
from dynostack.provider.source import checksum, pack
from dynostack.provider.values import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from dynostack.provider.fields import Fields
    from dynostack.provider.session import Session
    from dynostack.provider.values import Plain, Properties


def _exists(value: Plain) -> str | None:
    return None if Path(value).exists() else f'"{value}": no such file or directory'


# A build ends at the latest when Heroku restarts its dyno, once a day.
_BUILD_SECONDS = 26 * 60 * 60
_FAILED = "failed"
_SOURCE = {
    "checksum": Field(computed=True, replaces=True),
    "path": Field(replaces=True, conflicts="url", rule=_exists),
    "url": Field(replaces=True, conflicts="path", rule=secure_url),
    "version": Field(replaces=True),
}


class Build(Resource):
    """A build; every change creates a new one, and the old one stays at Heroku."""

    type = "heroku:build/build:Build"
    schema_version = 1
    fields: ClassVar[Fields] = {
        "appId": APP_ID,
        "source": Field(Kind.BLOCK, required=True, replaces=True, fields=_SOURCE),
        "buildpacks": Field(Kind.LIST, computed=True, replaces=True),
        "localChecksum": told(),
        "outputStreamUrl": told(),
        "releaseId": told(),
        "slugId": told(),
        "stack": told(),
        "status": told(),
        "users": told(Kind.BLOCKS),
        "uuid": told(),
    }

    def wrong(self, inputs: Properties) -> Iterator[Failure]:
        source = inputs.get("source")
        if not isinstance(source, dict):
            return
        if not source.get("path") and not source.get("url"):
            yield Failure("source.path", "is missing; write source.path or source.url")
        if source.get("path") and source.get("checksum"):
            yield Failure("source.checksum", "is computed from source.path; leave it out")

    def differences(
        self, state: Properties, inputs: Properties, ignored: Collection[str]
    ) -> list[Difference]:
        known = super().differences(state, inputs, ignored)
        if state.get("status") == _FAILED:
            # The build was pending at the last update and has failed since.
            known.append(Difference("status", Change.UPDATE, replaces=True))
        if _is_missing(inputs):
            return known  # a refresh in a clone that has not written the archive yet
        now = _local_checksum(inputs)
        if now in ("", UNKNOWN, state.get("localChecksum")) or "localChecksum" in ignored:
            return known
        return [*known, Difference("localChecksum", Change.UPDATE, replaces=True)]

    def preview(self, state: Properties | None, inputs: Properties) -> Properties:
        return {**super().preview(state, inputs), "localChecksum": _local_checksum(inputs)}

    async def create(self, session: Session, inputs: Properties) -> Properties:
        blob = given(inputs["source"], "checksum", "url", "version")
        # Computed before the upload, so that the next preview finds a change made during it.
        local = _local_checksum(inputs)
        if path := inputs["source"].get("path"):
            blob |= {"url": await _uploaded(session, path)}
            if _is_archive(path):
                blob |= {"checksum": local}
        body: Properties = {"source_blob": blob}
        if inputs.get("buildpacks"):
            body["buildpacks"] = [{"url": buildpack} for buildpack in inputs["buildpacks"]]
        build = await made_once(
            session,
            f"/apps/{inputs['appId']}/builds",
            body,
            BUILD,
            find=lambda: _begun(session, inputs, blob),
            look=f"heroku releases --app {inputs['appId']}",
        )
        return await _finished(session, build, {**inputs, "localChecksum": local})

    async def read(self, session: Session, state: Properties) -> Properties | None:
        build = await found(session, f"/apps/{state['appId']}/builds/{state['id']}", BUILD)
        return build and _state(build, state)

    async def update(self, session: Session, state: Properties, inputs: Properties) -> Properties:  # noqa: ARG002
        """Wait for a build that was still running at the end of the last update."""
        with still_there():
            build = await session.api.get(f"/apps/{state['appId']}/builds/{state['id']}", BUILD)
        return await _finished(session, build, state)

    async def delete(self, session: Session, state: Properties) -> None:
        """Do nothing: Heroku's API cannot delete a build."""

    async def find(self, session: Session, import_id: str) -> Properties | None:
        app, build_id = import_parts(import_id, "app:build")
        build = await found(session, f"/apps/{app}/builds/{build_id}", BUILD)
        return build and _state(build, {})


def _is_archive(path: str) -> bool:
    """Tell whether the source is a file, whose checksum is also that of the upload."""
    return not Path(path).is_dir()


def _path(inputs: Properties) -> Plain:
    source = inputs.get("source")
    return source.get("path") if isinstance(source, dict) else source


def _is_missing(inputs: Properties) -> bool:
    path = _path(inputs)
    return isinstance(path, str) and bool(path) and not Path(path).exists()


def _local_checksum(inputs: Properties) -> Plain:
    path = _path(inputs)
    if path is UNKNOWN:
        return UNKNOWN
    return checksum(path) if path else ""


async def _uploaded(session: Session, path: str) -> str:
    """Upload the source and return the address from which Heroku fetches it."""
    blob = (await session.api.post("/sources", None, SOURCE))["source_blob"]
    session.discretion.remember([blob["put_url"], blob["get_url"]])
    with tempfile.TemporaryFile() as content:
        await asyncio.to_thread(pack, path, content)
        await session.api.upload(blob["put_url"], content)
    return str(blob["get_url"])


async def _begun(session: Session, inputs: Properties, blob: Properties) -> Any | None:
    """Return the app's build of an upload, found by the upload's unique address."""
    if not inputs["source"].get("path"):
        return None
    builds = await session.api.listing(f"/apps/{inputs['appId']}/builds", BUILD)
    return next((one for one in builds if one["source_blob"].get("url") == blob["url"]), None)


async def _finished(session: Session, build: Any, known: Properties) -> Properties:
    """Wait for a build and return its state.

    Raises:
        UnfinishedError: the wait was interrupted, or a build in the state has failed.
        ProviderError: a new build failed.
    """
    try:
        build, tail = await _built(session, build)
    except ProviderError as error:
        raise UnfinishedError(_state(build, known), error) from None
    state = _state(build, known)
    if state["status"] != _FAILED:
        return state
    failure = ProviderError(f"the build failed; its output ends with\n{tail}")
    # Without a state to replace, the next update creates another build.
    raise UnfinishedError(state, failure) if known.get("id") else failure


async def _built(session: Session, build: Any) -> tuple[Any, str]:
    """Wait for a build; return it and the end of its output."""
    path = f"/apps/{build['app']['id']}/builds/{build['id']}"
    stream = build_output.follow(session, build["output_stream_url"])
    output = asyncio.ensure_future(stream)
    try:
        build = await session.until(
            lambda: session.api.get(path, BUILD, fresh=True),
            lambda now: now["status"] != "pending",
            within=_BUILD_SECONDS,
            what="the build",
            sign=output,
        )
    except BaseException:
        output.cancel()
        await asyncio.gather(output, return_exceptions=True)
        raise
    return build, await build_output.ended(output)


def _state(build: Any, known: Properties) -> Properties:
    return {
        "id": build["id"],
        "uuid": build["id"],
        "appId": build["app"]["id"],
        "source": _source(build["source_blob"], known.get("source")),
        "buildpacks": [buildpack["url"] for buildpack in build.get("buildpacks") or []],
        "localChecksum": known.get("localChecksum"),
        "outputStreamUrl": build["output_stream_url"],
        "releaseId": _id(build, "release") or known.get("releaseId"),
        "slugId": _id(build, "slug") or known.get("slugId"),
        "stack": build["stack"],
        "status": build["status"],
        "users": [{"email": build["user"]["email"], "id": build["user"]["id"]}],
    }


def _id(build: Any, part: str) -> str | None:
    return build[part]["id"] if build.get(part) else None


def _source(blob: Any, known: Properties | None) -> Properties | None:
    """Return the source; with a path, without the upload's address and checksum."""
    if known is None:
        return None
    source = {name: known.get(name) or "" for name in _SOURCE}
    told_ = ("version",) if source["path"] else ("checksum", "url", "version")
    return {**source, **given(blob, *told_)}
