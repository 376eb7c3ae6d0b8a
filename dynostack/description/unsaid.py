"""The parts of an app that no section of a file can say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dynostack.description.keys import key_of, unique
from dynostack.description.sections import STAGES, host_of, is_said
from dynostack.inventory import removal
from dynostack.inventory.app import App, Collaborator
from dynostack.inventory.removal import Call


@dataclass(frozen=True)
class Unsaid:
    """One part of an app that no file can say."""

    item: str
    """The name of the part for a person, such as webhooks.hooks-acme-example."""
    text: str
    """The part in words, without secrets."""
    calls: tuple[Call, ...] = ()
    """The calls that remove it; empty if dynostack cannot."""
    since: str = ""
    """When it was added; empty if Heroku does not report it."""

    def as_data(self) -> dict[str, str]:
        """Return the part as data for JSON."""
        return {"item": self.item, "says": self.text, "since": self.since}

    @classmethod
    def of_data(cls, data: Mapping[str, str]) -> Unsaid:
        """Return the part that `as_data` described, for reports only: it has no calls."""
        return cls(data["item"], data["says"], since=data["since"])

    def __str__(self) -> str:
        """Return the part in words."""
        return self.text


def unsaid_of(app: App) -> Iterator[Unsaid]:
    """Yield every such part of an app, except its add-ons."""
    if app.maintenance:
        calls = (removal.maintenance(app),)
        yield Unsaid("maintenance", "maintenance mode is on", calls)
    if app.acm:
        calls = (removal.managed_certificates(app),)
        yield Unsaid("acm", "Automated Certificate Management (ACM) is on", calls)
    if app.space:
        yield Unsaid("space", f"the app runs in the Private Space {app.space}")
    yield from _people(app)
    for domain in app.domains:
        if domain.certificate and not app.acm:
            text = f"domain {domain.hostname} has the certificate {domain.certificate}"
            yield Unsaid(f"certificates.{domain.hostname}", text)
    yield from _webhooks(app)
    if app.coupling and app.coupling.stage not in STAGES:
        text = f"the app is at stage {app.coupling.stage} of the pipeline {app.coupling.pipeline}"
        yield Unsaid("pipeline", text, (removal.coupling(app.coupling),))
    for part, reason in app.unread.items():
        yield Unsaid(f"unread.{part.name.lower()}", f"the {part} could not be read: {reason}")


def foreign(app: App) -> Iterator[Unsaid]:
    """Yield each add-on of another app that is attached to an app."""
    for addon in app.addons:
        if not addon.plan:
            names = ", ".join(sorted(addon.attachments))
            owner = f"the app {addon.app}" if addon.app else "another app"
            text = f"add-on {addon.name} of {owner} is attached as {names}"
            calls = tuple(map(removal.attachment, addon.attachments.values()))
            yield Unsaid(f"attachments.{addon.name}", text, calls)


def _people(app: App) -> Iterator[Unsaid]:
    for person in app.collaborators:
        item = f"access.{person.email}"
        if person.is_the_team:
            continue
        if person.is_implied:
            text = f"{person.email} has access as {_as(app, person)}"
            yield Unsaid(item, text, since=person.created)
        elif not is_said(app, person):
            text = f"{person.email} has access without permissions of its own, as {person.role}"
            yield Unsaid(item, text, since=person.created)


def _as(app: App, person: Collaborator) -> str:
    return f"{person.role} of the team {app.team}" if app.team else f"the {person.role}"


def _webhooks(app: App) -> Iterator[Unsaid]:
    taken: set[str] = set()
    for webhook in app.webhooks:
        host = host_of(webhook.url)
        item = f"webhooks.{unique(key_of(host, 'webhook'), taken)}"
        text = f"a webhook to {host} is notified of {', '.join(webhook.entities) or 'changes'}"
        yield Unsaid(item, text, (removal.webhook(app, webhook.id),), webhook.created)
