"""Delivers events to webhooks by HTTP, with retries.

https://devcenter.heroku.com/articles/app-webhooks#receiving-webhooks
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import logging
from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from localheroku.api.account import models as accounts
from localheroku.api.addons.attachments.records import Attachment
from localheroku.api.apps.models import App
from localheroku.api.dynos import models as dynos
from localheroku.api.pipelines.models import Coupling
from localheroku.api.webhooks import models
from localheroku.api.webhooks.models import Delivery, Event, Webhook
from localheroku.core.clock import timestamp
from localheroku.core.record import Record
from localheroku.core.state import State
from localheroku.core.store import AfterCommit
from localheroku.workflows.webhook_events import ENTITIES, ResourceChange

if TYPE_CHECKING:
    from localheroku.core.runtime import Dyno

LOG = logging.getLogger(__name__)
SIGNATURE = "Heroku-Webhook-Hmac-SHA256"
VERSION = "application/vnd.heroku+json; version=3"
ANSWER_SECONDS = 20.0
FIRST_PAUSE_SECONDS = 5.0
"""Seconds before a delivery is repeated; doubled each time, up to the longest pause."""
LONGEST_PAUSE_SECONDS = 3600.0
# https://devcenter.heroku.com/articles/app-webhooks#retries-and-limits
RETRY_PERIOD = timedelta(hours=72)
UNDELIVERED = ("pending", "scheduled", "retrying")


class Webhooks:
    """Notifies webhooks of changes in the store and of dynos."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._closed = False
        state.store.watchers.append(self._watch)
        state.backends.dynos.watch(self._watch_dyno)

    def resume(self) -> None:
        """Continue the deliveries of an earlier run of the server."""
        for delivery in self._state.store.every(Delivery):
            if delivery.status in UNDELIVERED:
                self._state.spawn(self._deliver(delivery))

    def close(self) -> None:
        """Stop notifying: dynos that end with the server are not an event."""
        self._closed = True

    def _watch(self, record: Record, stays: bool) -> AfterCommit | None:
        """Return a callback that notifies the webhooks after the commit; None if there are none.

        A change is made even if the webhooks cannot be notified; the server's log then has the
        error.
        """
        try:
            notify = self._notification(record, stays)
        except Exception:
            LOG.exception("cannot notify webhooks of %s %s", type(record).__name__, record.id)
            return None
        return notify and partial(self._notify, notify, record)

    def _notify(self, notify: AfterCommit, record: Record) -> None:
        try:
            notify()
        except Exception:
            LOG.exception("cannot notify webhooks of %s %s", type(record).__name__, record.id)

    def _notification(self, record: Record, stays: bool) -> AfterCommit | None:
        entity = ENTITIES.get(type(record))
        app_id = entity.app_of(record) if entity else None
        if entity is None or app_id is None:
            return None
        webhooks = self._subscribed(app_id, entity.include)
        if not webhooks:
            return None
        state = self._state
        app = state.store.find(App, app_id)
        present = state.store.find(type(record), record.id)
        before = entity.show(state, app, present) if app and present else None

        def notify() -> None:
            app = state.store.find(App, app_id)
            after = entity.show(state, app, record) if app and stays else None
            self._publish(ResourceChange(app_id, entity.include, before, after), webhooks)

        return notify

    def _watch_dyno(self, app_id: str, before: Dyno | None, after: Dyno | None) -> None:
        try:
            self._notify_of_dyno(app_id, before, after)
        except Exception:
            LOG.exception("cannot notify webhooks of a dyno of app %s", app_id)

    def _notify_of_dyno(self, app_id: str, before: Dyno | None, after: Dyno | None) -> None:
        webhooks = self._subscribed(app_id, "dyno")
        app = self._state.store.find(App, app_id) if webhooks else None
        if app:
            documents = [
                dynos.document(self._state, app, dyno) if dyno else None for dyno in (before, after)
            ]
            self._publish(ResourceChange(app_id, "dyno", *documents), webhooks)

    def _subscribed(self, app_id: str, include: str) -> list[Webhook]:
        """Return the webhooks that subscribe to this kind of resource of that app."""
        store = self._state.store
        if self._closed or not store.any(Webhook):
            return []
        owners = [
            app_id,
            *(a.parent for a in store.having(Attachment, app_id=app_id)),
            *(c.pipeline_id for c in store.every(Coupling, parent=app_id)),
        ]
        return [
            webhook
            for owner in owners
            for webhook in models.of_owner(self._state, owner or "")
            if include in webhook.include
        ]

    def _publish(self, change: ResourceChange, webhooks: list[Webhook]) -> None:
        if not change.counts:
            return
        state, events, added = self._state, dict[str, Event](), Counter[str]()
        for webhook in webhooks:
            owner_id = webhook.parent or ""
            if owner_id not in events:
                events[owner_id] = self._record(change, owner_id)
            event = events[owner_id]
            delivery = Delivery(
                **state.stamp(),
                parent=owner_id,
                webhook_id=webhook.id,
                event_id=event.id,
                include=event.include,
                level=webhook.level,
            )
            if state.store.find(Webhook, webhook.id):
                state.spawn(self._deliver(state.store.put(delivery)))
                added[owner_id] += 1
            else:
                state.spawn(self._attempt(webhook, event, delivery))
        for owner_id in events:
            models.forget_old(state, owner_id, added[owner_id])

    def _record(self, change: ResourceChange, owner_id: str) -> Event:
        """Return the event, stored unless its owner has just been removed."""
        state = self._state
        event = Event(
            **state.stamp(),
            parent=owner_id,
            include=change.include,
            payload={
                "action": change.action,
                "actor": accounts.brief(accounts.current(state)),
                "data": change.after or change.before,
                "previous_data": change.previous,
                "resource": change.include.removeprefix("api:"),
                "version": VERSION,
            },
        )
        return state.store.put(event) if models.of_owner(state, owner_id) else event

    async def _deliver(self, delivery: Delivery) -> None:
        """Try until the event is delivered, given up, or its delivery is removed."""
        state = self._state
        pause: float | None = self._seconds_until_due(delivery)
        while pause is not None:
            await asyncio.sleep(pause)
            present = state.store.find(Delivery, delivery.id)
            webhook = state.store.find(Webhook, delivery.webhook_id)
            event = state.store.find(Event, delivery.event_id)
            if present is None:
                return
            if webhook is None or event is None:
                models.settle(state, present, status="failed", next_attempt_at=None)
                return
            pause = await self._attempt(webhook, event, present)

    def _seconds_until_due(self, delivery: Delivery) -> float:
        """Return the seconds until the next attempt."""
        if delivery.next_attempt_at is None:
            return 0
        due = datetime.fromisoformat(delivery.next_attempt_at)
        return max((due - self._state.clock()).total_seconds(), 0)

    async def _attempt(self, webhook: Webhook, event: Event, delivery: Delivery) -> float | None:
        """Try once; return the seconds to wait before the next attempt, None if there is none."""
        state = self._state
        attempt = {"id": str(uuid4()), "created_at": state.now()}
        code, error = await _post(webhook, _body(webhook, event, delivery, attempt["id"]))
        delivered = code is not None and 200 <= code < 300
        pause = None if delivered else self._pause(webhook, delivery)
        again = state.clock() + timedelta(seconds=pause or 0)
        models.settle(
            state,
            delivery,
            attempts=delivery.attempts + 1,
            status="succeeded" if delivered else "failed" if pause is None else "retrying",
            next_attempt_at=None if pause is None else timestamp(again),
            attempt={
                **attempt,
                "code": code,
                "error_class": error,
                "status": "succeeded" if delivered else "failed",
                "updated_at": state.now(),
            },
        )
        return pause

    def _pause(self, webhook: Webhook, delivery: Delivery) -> float | None:
        """Return the seconds before a failed delivery is retried; None if it is not."""
        age = self._state.clock() - datetime.fromisoformat(delivery.created_at)
        if webhook.level == "notify" or age > RETRY_PERIOD:
            return None
        return min(FIRST_PAUSE_SECONDS * 2.0**delivery.attempts, LONGEST_PAUSE_SECONDS)


def _body(webhook: Webhook, event: Event, delivery: Delivery, attempt_id: str) -> bytes:
    """Return the body that is sent and signed."""
    document = {
        **event.payload,
        "id": event.id,
        "created_at": event.created_at,
        "updated_at": event.updated_at,
        "published_at": event.created_at,
        "sequence": None,
        "webhook_metadata": {
            "attempt": {"id": attempt_id},
            "delivery": {"id": delivery.id},
            "event": {"id": event.id, "include": event.include},
            "webhook": {"id": webhook.id},
        },
    }
    return json.dumps(document).encode()


def signature(secret: str, body: bytes) -> str:
    """Return the Base64 of the body's HMAC-SHA256."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


async def _post(webhook: Webhook, body: bytes) -> tuple[int | None, str | None]:
    """Return the status of the receiver's answer, or the error that prevented one."""
    from aiohttp import ClientError, ClientSession, ClientTimeout

    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Heroku-Webhooks",
        SIGNATURE: signature(webhook.secret, body),
    }
    if webhook.authorization:
        headers["Authorization"] = webhook.authorization
    timeout = ClientTimeout(total=ANSWER_SECONDS)
    try:
        async with (
            ClientSession(timeout=timeout) as session,
            session.post(webhook.url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            return answer.status, None
    except TimeoutError:
        return None, "Timeout"
    except (ClientError, ValueError) as error:
        return None, type(error).__name__.removeprefix("Client")
