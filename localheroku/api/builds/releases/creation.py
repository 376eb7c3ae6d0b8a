"""Creation of releases.

`Deployment` watches the store for new releases and updates the dynos.
"""

from __future__ import annotations

from localheroku.api.addons.attachments import models as attachments
from localheroku.api.apps import activity
from localheroku.api.apps.config_vars import models as config_vars
from localheroku.api.apps.models import App
from localheroku.api.builds.releases import models
from localheroku.api.builds.releases.models import Release, ReleaseContents
from localheroku.api.builds.slugs.models import Slug
from localheroku.core.state import State


def create(state: State, app: App, description: str, slug_id: str | None = None) -> Release:
    """Create a release without a release command.

    Without a `slug_id`, release the slug of the current release.
    """
    current = models.current(state, app)
    slug_id = slug_id or (current.slug_id if current else None)
    release = models.add(state, app, description, _contents(state, app), slug_id)
    activity.log_action(state, app, f"Release v{release.version} created")
    activity.log_action(state, app, description)
    return release


def create_pending(state: State, app: App, slug: Slug, description: str) -> Release:
    """Create a release of a slug that stays pending until its release command ends."""
    output = state.outputs.create()
    contents = _contents(state, app)
    release = models.add(state, app, description, contents, slug.id, output=output)
    activity.log_action(state, app, f"Release v{release.version} created")
    return release


def _contents(state: State, app: App) -> ReleaseContents:
    return ReleaseContents(
        config=config_vars.merged(state, app),
        own_config=config_vars.own(state, app),
        addon_plan_names=[addon.plan_name for addon in attachments.seen_by(state, app)],
    )
