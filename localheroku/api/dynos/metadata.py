"""Environment variables that describe an app and its release to dynos, if a feature enables them.

https://devcenter.heroku.com/articles/dyno-metadata
"""

from __future__ import annotations

from localheroku.api.apps import models as apps
from localheroku.api.apps.models import App
from localheroku.api.builds.releases import models as releases
from localheroku.api.builds.slugs.models import Slug
from localheroku.core.state import State

FEATURE = "runtime-dyno-metadata"


def variables(state: State, app: App, slug: Slug) -> dict[str, str]:
    """Return the environment variables; none if the feature is off."""
    if FEATURE not in app.features:
        return {}
    release = releases.current(state, app)
    commit, description = slug.commit or "", release.description if release else ""
    return {
        "HEROKU_APP_DEFAULT_DOMAIN_NAME": apps.host(app),
        "HEROKU_APP_ID": app.id,
        "HEROKU_APP_NAME": app.name,
        "HEROKU_BUILD_COMMIT": commit,
        "HEROKU_BUILD_DESCRIPTION": description,
        "HEROKU_RELEASE_CREATED_AT": release.created_at if release else "",
        "HEROKU_RELEASE_VERSION": f"v{release.version}" if release else "",
        "HEROKU_SLUG_COMMIT": commit,
        "HEROKU_SLUG_DESCRIPTION": description,
    }
