"""The endpoint for log sessions.

https://devcenter.heroku.com/articles/platform-api-reference#log-session
"""

from __future__ import annotations

from localheroku.api.apps import models as apps
from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth import rights
from localheroku.core.body_schema import FLAG, TEXT, WHOLE
from localheroku.core.log_sessions import LogSession
from localheroku.core.state import Document

LINES = 100
MOST_LINES = 1500


async def create(call: Call) -> Document:
    body = call.body
    session = LogSession(
        app_id=apps.find(call.platform, call.path["app"]).id,
        lines=min(max(body.get("lines", LINES), 0), MOST_LINES),
        tail=body.get("tail", False),
        source=body.get("source"),
        dyno=body.get("dyno"),
    )
    key = call.platform.log_sessions.add(session)
    return {**call.platform.stamp(), "logplex_url": call.platform.settings.stream("log", key)}


NEW = {"lines": WHOLE, "tail": FLAG, "source": TEXT, "dyno": TEXT}

ROUTES = [
    Endpoint("POST /apps/{app}/log-sessions", create, status=201, takes=NEW, needs=rights.VIEW_LOGS)
]
