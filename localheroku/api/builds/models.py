"""Records of builds, each of which turns an uploaded source into a slug and a release."""

from __future__ import annotations

from dataclasses import dataclass

from localheroku.api.account import models as accounts
from localheroku.api.apps.models import App
from localheroku.api.builds.errors import BuildNotFoundError, SourceUrlError
from localheroku.core import redaction
from localheroku.core.record import Record
from localheroku.core.state import Document, State


@dataclass(frozen=True, kw_only=True)
class Build(Record):
    """A build of an app (the parent record).

    `source` is the URL of the source archive, `commit` its commit.
    """

    status: str
    user_id: str
    source: str
    checksum: str | None
    commit: str | None
    buildpacks: list[str]
    stack: str
    output: str
    slug_id: str | None = None
    release_id: str | None = None


@dataclass(frozen=True)
class NewBuild:
    url: str
    checksum: str | None = None
    commit: str | None = None
    buildpacks: list[str] | None = None


def every(state: State, app: App) -> list[Build]:
    return state.store.every(Build, parent=app.id)


def find(state: State, app: App, identity: str) -> Build:
    """Return the app's build with an id.

    Raises:
        BuildNotFoundError: The app has no such build.
    """
    build = state.store.find(Build, identity, parent=app.id)
    if build is None:
        raise BuildNotFoundError
    return build


def add(state: State, app: App, new: NewBuild) -> Build:
    """Create a pending build.

    Raises:
        SourceUrlError: The URL of the source is invalid.
    """
    if not new.url.startswith(("http://", "https://")) or redaction.split_url(new.url) is None:
        raise SourceUrlError
    return state.store.put(
        Build(
            **state.stamp(),
            parent=app.id,
            status="pending",
            user_id=accounts.current(state).id,
            source=new.url,
            checksum=new.checksum,
            commit=new.commit,
            buildpacks=app.buildpacks if new.buildpacks is None else new.buildpacks,
            stack=app.build_stack,
            output=state.outputs.create(),
        )
    )


def fail_interrupted(state: State) -> None:
    """Mark as failed each build that an earlier run of the server did not finish."""
    for build in state.store.every(Build):
        if build.status == "pending":
            state.change(build, status="failed")


def document(state: State, build: Build, *, with_source: bool = False) -> Document:
    """Return the build as the API shows it.

    The URL of the source gives access to the app's code; without `with_source`, show only its host.
    """
    return {
        "id": build.id,
        "app": {"id": build.parent},
        "buildpacks": [{"name": name, "url": name} for name in build.buildpacks],
        "created_at": build.created_at,
        "updated_at": build.updated_at,
        "output_stream_url": state.settings.stream("output", build.output),
        "source_blob": {
            "checksum": build.checksum,
            "url": build.source if with_source else redaction.redact_url(build.source),
            "version": build.commit,
        },
        "release": {"id": build.release_id} if build.release_id else None,
        "slug": {"id": build.slug_id} if build.slug_id else None,
        "stack": build.stack,
        "status": build.status,
        "user": accounts.brief(accounts.find(state, build.user_id)),
    }
