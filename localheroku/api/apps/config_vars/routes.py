"""Endpoints for config vars.

https://devcenter.heroku.com/articles/platform-api-reference#config-vars
"""

from __future__ import annotations

from localheroku.api.apps import models as apps
from localheroku.api.apps.config_vars import models
from localheroku.api.builds.releases import creation
from localheroku.api.builds.releases import models as releases
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth import rights


async def info(call: Call) -> dict[str, str]:
    return models.merged(call.platform, apps.find(call.platform, call.path["app"]))


async def update(call: Call) -> dict[str, str]:
    app = apps.find(call.platform, call.path["app"])
    with call.platform.store.transaction():
        description = models.update(call.platform, app, call.body)
        if description:
            creation.create(call.platform, app, description)
    return models.merged(call.platform, app)


async def info_of_release(call: Call) -> dict[str, str]:
    app = apps.find(call.platform, call.path["app"])
    return releases.find(call.platform, app, call.path["release"]).config


ROUTES = [
    Endpoint("GET   /apps/{app}/config-vars", info, needs=rights.VIEW_CONFIG),
    Endpoint("PATCH /apps/{app}/config-vars", update, takes=None, needs=rights.EDIT_CONFIG),
    Endpoint(
        "GET   /apps/{app}/releases/{release}/config-vars",
        info_of_release,
        needs=rights.VIEW_CONFIG,
    ),
]
