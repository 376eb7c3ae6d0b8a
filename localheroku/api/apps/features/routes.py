"""Endpoints for app features and account features.

https://devcenter.heroku.com/articles/platform-api-reference#app-feature
"""

from __future__ import annotations

from localheroku.api.account import models as accounts
from localheroku.api.apps import models as apps
from localheroku.api.apps.features import models
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth import rights
from localheroku.core.body_schema import FLAG
from localheroku.core.state import Document


async def of_app(call: Call) -> list[Document]:
    app = apps.find(call.platform, call.path["app"])
    return [models.document(f, app.features) for f in call.platform.catalogue.app_features]


async def app_info(call: Call) -> Document:
    app = apps.find(call.platform, call.path["app"])
    feature = models.find(call.platform.catalogue.app_features, call.path["feature"])
    return models.document(feature, app.features)


async def app_update(call: Call) -> Document:
    app = apps.find(call.platform, call.path["app"])
    feature = models.find(call.platform.catalogue.app_features, call.path["feature"])
    enabled = models.switched(app.features, feature, on=call.body["enabled"])
    call.platform.change(app, features=enabled)
    return models.document(feature, enabled)


async def of_account(call: Call) -> list[Document]:
    enabled = accounts.current(call.platform).features
    return [models.document(f, enabled) for f in call.platform.catalogue.account_features]


async def account_info(call: Call) -> Document:
    feature = models.find(call.platform.catalogue.account_features, call.path["feature"])
    return models.document(feature, accounts.current(call.platform).features)


async def account_update(call: Call) -> Document:
    account = accounts.current(call.platform)
    feature = models.find(call.platform.catalogue.account_features, call.path["feature"])
    enabled = models.switched(account.features, feature, on=call.body["enabled"])
    call.platform.change(account, features=enabled)
    return models.document(feature, enabled)


LIST = ("name", "id")
SWITCH = {"enabled": FLAG.must()}

ROUTES = [
    Endpoint("GET   /apps/{app}/features", of_app, order_by=LIST, needs=rights.VIEW),
    Endpoint("GET   /apps/{app}/features/{feature}", app_info, needs=rights.VIEW),
    Endpoint(
        "PATCH /apps/{app}/features/{feature}", app_update, takes=SWITCH, needs=rights.CONFIGURE
    ),
    Endpoint("GET   /account/features", of_account, order_by=LIST, needs=rights.KEY),
    Endpoint("GET   /account/features/{feature}", account_info, needs=rights.KEY),
    Endpoint("PATCH /account/features/{feature}", account_update, takes=SWITCH, needs=rights.KEY),
]
