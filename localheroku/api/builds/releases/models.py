"""Releases: an app's slug together with its config vars, numbered from 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from localheroku.api.account import models as accounts
from localheroku.api.apps import models as apps
from localheroku.api.apps.models import App
from localheroku.api.builds.releases.errors import (
    ReleaseNotFoundError,
    SluglessReleaseError,
    UnsuccessfulReleaseError,
)
from localheroku.api.builds.slugs import models as slugs
from localheroku.api.builds.slugs.errors import SlugNotFoundError
from localheroku.api.builds.slugs.models import Slug
from localheroku.core.record import Record
from localheroku.core.state import Document, State

SUCCEEDED = "succeeded"


@dataclass(frozen=True, kw_only=True)
class Release(Record):
    """A release of an app (the parent record).

    `config` holds all config vars, `own_config` only those of the app itself.
    """

    version: int
    description: str
    status: str
    user_id: str
    slug_id: str | None
    output: str | None = None
    addon_plan_names: list[str]
    config: dict[str, str] = field(repr=False)
    own_config: dict[str, str] = field(repr=False)


@dataclass(frozen=True)
class ReleaseContents:
    """The content of a new release, except its slug."""

    config: Mapping[str, str] = field(repr=False)
    own_config: Mapping[str, str] = field(repr=False)
    addon_plan_names: list[str]


def every(state: State, app: App) -> list[Release]:
    """Return the app's releases, oldest first."""
    return state.store.every(Release, parent=app.id)


def current(state: State, app: App) -> Release | None:
    """Return the newest successful release, which the app's dynos run."""
    newest = state.store.newest(Release, parent=app.id)
    return next((release for release in newest if release.status == SUCCEEDED), None)


def find(state: State, app: App, identity: str) -> Release:
    """Return the app's release with an id or version; the version may start with a v.

    Raises:
        ReleaseNotFoundError: The app has no such release.
    """
    for release in every(state, app):
        if identity in (release.id, str(release.version), f"v{release.version}"):
            return release
    raise ReleaseNotFoundError


def add(
    state: State,
    app: App,
    description: str,
    contents: ReleaseContents,
    slug_id: str | None,
    *,
    output: str | None = None,
) -> Release:
    """Add the app's next release.

    It is pending if its release command writes to `output`; without `output` it has succeeded.
    """
    last = next(state.store.newest(Release, parent=app.id), None)
    release = state.store.put(
        Release(
            **state.stamp(),
            parent=app.id,
            version=last.version + 1 if last else 1,
            description=description,
            status="pending" if output else SUCCEEDED,
            user_id=accounts.current(state).id,
            slug_id=slug_id,
            output=output,
            addon_plan_names=contents.addon_plan_names,
            config=dict(contents.config),
            own_config=dict(contents.own_config),
        )
    )
    state.change(app, released_at=release.created_at)
    return release


def succeed(state: State, app: App, release: Release) -> Release:
    """Make the release current; newer releases, created while its command ran, get its slug."""
    for newer in every(state, app):
        if newer.version > release.version and newer.status == SUCCEEDED:
            state.change(newer, slug_id=release.slug_id)
    return state.change(release, status=SUCCEEDED)


def fail_interrupted(state: State) -> None:
    """Mark as failed each release whose command an earlier run of the server did not finish."""
    for release in state.store.every(Release):
        if release.status == "pending":
            state.change(release, status="failed")


def find_slug(state: State, app: App, identity: str) -> Slug:
    """Return a slug of the app, or one that it has released, by its id.

    Raises:
        SlugNotFoundError: The app neither has nor has released such a slug.
    """
    slug = slugs.find(state, identity)
    released = state.store.having(Release, slug_id=slug.id)
    if app.id not in {slug.parent, *(release.parent for release in released)}:
        raise SlugNotFoundError
    return slug


def detach_slugs(state: State, app: App) -> list[Slug]:
    """Move slugs that other apps have released to these apps, and return the app's other slugs."""
    detached = []
    for slug in slugs.of_app(state, app):
        users = state.store.having(Release, slug_id=slug.id)
        new_owner = next((release.parent for release in users if release.parent != app.id), None)
        if new_owner:
            state.change(slug, parent=new_owner)
        else:
            detached.append(slug)
    return detached


def slug_of(state: State, release: Release | None) -> Slug | None:
    return state.store.find(Slug, release.slug_id) if release and release.slug_id else None


def slug_to_roll_back_to(state: State, release: Release) -> Slug:
    """Return the slug of a release that is eligible for a rollback.

    Raises:
        ParamsError: The release is not eligible for a rollback.
    """
    if release.status != SUCCEEDED:
        raise UnsuccessfulReleaseError(version=release.version, status=release.status)
    slug = slug_of(state, release)
    if slug is None:
        raise SluglessReleaseError(version=release.version)
    return slug


def document(state: State, app: App, release: Release) -> Document:
    return documents(state, app, [release])[0]


def documents(state: State, app: App, releases: Sequence[Release]) -> list[Document]:
    newest = current(state, app)
    newest_id = newest.id if newest else None
    return [_document(state, app, release, newest_id) for release in releases]


def _document(state: State, app: App, release: Release, current_id: str | None) -> Document:
    return {
        "id": release.id,
        "version": release.version,
        "description": release.description,
        "status": release.status,
        "current": release.id == current_id,
        "eligible_for_rollback": release.status == SUCCEEDED and release.slug_id is not None,
        "app": apps.brief(app),
        "slug": {"id": release.slug_id} if release.slug_id else None,
        "user": accounts.brief(accounts.find(state, release.user_id)),
        "addon_plan_names": release.addon_plan_names,
        "output_stream_url": (
            state.settings.stream("output", release.output) if release.output else None
        ),
        "created_at": release.created_at,
        "updated_at": release.updated_at,
    }
