"""The environment of an app's dynos, according to its current release."""

from __future__ import annotations

from pathlib import Path

from localheroku.api.apps.config_vars import models as config_vars
from localheroku.api.apps.models import App
from localheroku.api.builds.releases import models as releases
from localheroku.api.builds.slugs.models import Slug
from localheroku.api.dynos import metadata
from localheroku.api.dynos.formation import models as formation
from localheroku.core.runtime import AppRuntime, ProcessSpec, ReleaseName
from localheroku.core.state import State


def released(state: State, app: App) -> tuple[AppRuntime, Slug] | None:
    """Return the environment of the app's dynos and the app's slug.

    Return None if no slug was released or the app is being removed.
    """
    if not stays(state, app.id):
        return None
    slug = releases.slug_of(state, releases.current(state, app))
    return (of_slug(state, app, slug), slug) if slug else None


def of_slug(state: State, app: App, slug: Slug) -> AppRuntime:
    """Return the environment of the app's dynos with a slug."""
    release = releases.current(state, app)
    return AppRuntime(
        app_id=app.id,
        app_name=app.name,
        slug=Path(slug.path),
        env={**metadata.variables(state, app, slug), **config_vars.merged(state, app)},
        formation={
            process.type: ProcessSpec(process.command, process.quantity, process.size)
            for process in formation.every(state, app)
        },
        release=ReleaseName(release.id, release.version) if release else None,
    )


def stays(state: State, app_id: str) -> bool:
    """Return whether the app exists and is not being removed."""
    return app_id not in state.removals and state.store.find(App, app_id) is not None
