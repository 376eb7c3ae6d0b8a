"""Webhooks of apps, add-ons and pipelines, with their events and deliveries."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from localheroku.api.addons import models as addons
from localheroku.api.addons.attachments.records import Addon
from localheroku.api.apps import models as apps
from localheroku.api.apps.models import App
from localheroku.api.pipelines import models as pipelines
from localheroku.api.pipelines.models import Pipeline
from localheroku.api.webhooks.errors import (
    DeliveryNotFoundError,
    EventNotFoundError,
    HeaderError,
    IncludeError,
    LevelError,
    WebhookCountError,
    WebhookNotFoundError,
    WebhookUrlError,
)
from localheroku.core import redaction
from localheroku.core.record import Record
from localheroku.core.state import Document, State

# https://devcenter.heroku.com/articles/app-webhooks#step-2-determine-which-events-to-subscribe-to
ENTITIES = (
    "api:addon",
    "api:addon-attachment",
    "api:app",
    "api:build",
    "api:collaborator",
    "api:domain",
    "api:formation",
    "api:release",
    "api:sni-endpoint",
    "dyno",
)
LEVELS = ("notify", "sync")
URL = re.compile(r"https?://[^\s/]\S*")
HEADER_FIELDS = ("authorization", "secret")
"""Fields that are sent as headers, of a delivery or of a response."""
# https://devcenter.heroku.com/articles/limits
MAX_WEBHOOKS = 10
FINISHED = ("succeeded", "failed")
MAX_EVENTS = 1000
"""The number of events and of deliveries that are stored for each owner."""

Owner = App | Addon | Pipeline


@dataclass(frozen=True, kw_only=True)
class Webhook(Record):
    """A webhook of an app, add-on or pipeline (the parent record).

    With `level` sync, a delivery is retried until it succeeds.
    """

    url: str
    level: str
    include: list[str]
    secret: str = field(repr=False)
    authorization: str | None = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Event(Record):
    """An event. The parent record is the owner of the webhooks that it is delivered to."""

    include: str
    payload: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Delivery(Record):
    """A delivery of an event. The parent record is the webhook's owner.

    `attempt` is the last attempt, as the API shows it.
    """

    webhook_id: str
    event_id: str
    include: str
    level: str
    status: str = "pending"
    attempts: int = 0
    next_attempt_at: str | None = None
    attempt: dict[str, Any] | None = None


def find_owner(state: State, path: Mapping[str, str]) -> Owner:
    """Return the app, add-on or pipeline in the path."""
    if "app" in path:
        return apps.find(state, path["app"])
    if "addon" in path:
        return addons.find(state, path["addon"])
    return pipelines.find(state, path["pipeline"])


def of_owner(state: State, owner_id: str) -> list[Webhook]:
    return state.store.every(Webhook, parent=owner_id)


def find(state: State, owner: Owner, identity: str) -> Webhook:
    """Return the owner's webhook with an id.

    Raises:
        WebhookNotFoundError: The owner has no such webhook.
    """
    webhook = state.store.find(Webhook, identity, parent=owner.id)
    if webhook is None:
        raise WebhookNotFoundError
    return webhook


def add(state: State, owner: Owner, options: Mapping[str, Any]) -> Webhook:
    """Add a webhook; without a secret in the options, it gets a random one.

    Raises:
        ParamsError: An option is invalid, or the owner has too many webhooks.
    """
    _check(options)
    if len(of_owner(state, owner.id)) >= MAX_WEBHOOKS:
        raise WebhookCountError(most=MAX_WEBHOOKS)
    return state.store.put(
        Webhook(
            **state.stamp(),
            parent=owner.id,
            url=options["url"],
            level=options["level"],
            include=options["include"],
            secret=options.get("secret") or secrets.token_hex(32),
            authorization=options.get("authorization"),
        )
    )


def update(state: State, webhook: Webhook, changes: Mapping[str, Any]) -> Webhook:
    """Change the webhook; a secret of null stands for a new random secret.

    Raises:
        ParamsError: A change is invalid.
    """
    _check(changes)
    secret = {"secret": changes["secret"] or secrets.token_hex(32)} if "secret" in changes else {}
    return state.change(webhook, **{**changes, **secret})


def _check(options: Mapping[str, Any]) -> None:
    include = options.get("include", ENTITIES)
    if not include or not set(include) <= set(ENTITIES):
        raise IncludeError(known=", ".join(ENTITIES))
    if options.get("level", "sync") not in LEVELS:
        raise LevelError
    for name in HEADER_FIELDS:
        text = options.get(name) or ""
        if not (text.isascii() and text.isprintable()):
            raise HeaderError(name=name)
    url = options.get("url", "https://host")
    if URL.fullmatch(url) is None or redaction.split_url(url) is None:
        raise WebhookUrlError


def events(state: State, owner: Owner) -> list[Event]:
    """Return the owner's events, oldest first."""
    return state.store.every(Event, parent=owner.id)


def find_event(state: State, owner: Owner, identity: str) -> Event:
    event = state.store.find(Event, identity, parent=owner.id)
    if event is None:
        raise EventNotFoundError
    return event


def deliveries(state: State, owner: Owner, status: str | None = None) -> list[Delivery]:
    """Return the owner's deliveries, oldest first, optionally with one status only."""
    return [
        delivery
        for delivery in state.store.every(Delivery, parent=owner.id)
        if status in (None, delivery.status)
    ]


def find_delivery(state: State, owner: Owner, identity: str) -> Delivery:
    delivery = state.store.find(Delivery, identity, parent=owner.id)
    if delivery is None:
        raise DeliveryNotFoundError
    return delivery


def forget_old(state: State, owner_id: str, added: int) -> None:
    """Remove the event and deliveries that a new event with `added` deliveries makes too old.

    Pending deliveries stay until `settle` removes them.
    """
    store = state.store
    for delivery in store.older(Delivery, owner_id, MAX_EVENTS, added):
        if delivery.status in FINISHED:
            store.remove(delivery)
    for event in store.older(Event, owner_id, MAX_EVENTS, 1):
        store.remove(event)


def settle(state: State, delivery: Delivery, **fields: Any) -> None:
    """Update a delivery, and remove it if it has ended and is too old."""
    changed = state.change(delivery, **fields)
    if changed.status in FINISHED and state.store.is_older(changed, MAX_EVENTS):
        state.store.remove(changed)


def document(owner: Owner, webhook: Webhook) -> Document:
    kinds = {App: "app", Addon: "addon", Pipeline: "pipeline"}
    return {
        "id": webhook.id,
        kinds[type(owner)]: {"id": owner.id, "name": owner.name},
        "include": webhook.include,
        "level": webhook.level,
        "url": webhook.url,
        "created_at": webhook.created_at,
        "updated_at": webhook.updated_at,
    }


def event_document(event: Event) -> Document:
    return {
        "id": event.id,
        "include": event.include,
        "payload": event.payload,
        "created_at": event.created_at,
        "updated_at": event.updated_at,
    }


def delivery_document(delivery: Delivery) -> Document:
    return {
        "id": delivery.id,
        "event": {"id": delivery.event_id, "include": delivery.include},
        "webhook": {"id": delivery.webhook_id, "level": delivery.level},
        "status": delivery.status,
        "num_attempts": delivery.attempts,
        "next_attempt_at": delivery.next_attempt_at,
        "last_attempt": delivery.attempt,
        "created_at": delivery.created_at,
        "updated_at": delivery.updated_at,
    }
