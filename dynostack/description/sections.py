"""The sections of an environment that describe an app as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dynostack.description import addons
from dynostack.description.keys import key_of, unique
from dynostack.description.secret_values import looks_secret
from dynostack.environment import catalogue
from dynostack.inventory.app import App, Collaborator, Coupling, Drain

Data = dict[str, Any]
STAGES = ("review", "development", "staging", "production")
"""The stages that a file can say; apps of Heroku CI are at the stage test."""


@dataclass(frozen=True)
class SecretText:
    """A value that the file has only encrypted."""

    text: str = field(repr=False)


@dataclass(frozen=True)
class Description:
    """An app as sections of a file, and what no section can say."""

    sections: Data
    unsaid: list[str]
    """Everything that the file cannot say: one sentence each, without values."""

    @property
    def secrets(self) -> list[SecretText]:
        """Return the values to encrypt."""
        return list(_secrets(self.sections))


def described(
    app: App, account: str, versions: Mapping[str, str], *, hides_all: bool = False
) -> Description:
    """Describe an app.

    Args:
        app: the app with all its parts.
        account: the email address of the account of the API key.
        versions: id of each database whose version is known -> its major version.
        hides_all: whether to encrypt all config vars, not only those that look secret.
    """
    unsaid = list(unsaid_of(app))
    sections: Data = {"account": account, "app": _app(app, hides_all=hides_all)}
    sections |= {"formation": dict(_formation(app))}
    found = addons.described(app, versions)
    sections |= found.sections
    unsaid += found.unsaid
    sections["collaborators"] = [collaborator(app, each) for each in _people(app)]
    sections["domains"] = sorted(each.hostname for each in app.domains)
    sections["features"] = dict.fromkeys(sorted(app.features), True)
    sections["drains"] = dict(_drains(app))
    if app.coupling and app.coupling.stage in STAGES:
        sections["pipeline"] = pipeline(app.coupling)
    return Description({name: each for name, each in sections.items() if each}, unsaid)


def _secrets(value: Any) -> Iterator[SecretText]:
    if isinstance(value, SecretText):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _secrets(each)


def _app(app: App, *, hides_all: bool) -> Data:
    found: Data = {"name": app.name, "region": app.region, "stack": app.stack}
    if app.team:
        found["team"] = app.team
    if app.buildpacks:
        found["buildpacks"] = list(app.buildpacks)
    values = sorted(app.own_config_vars.items())
    if values:
        found["configVars"] = {
            name: SecretText(value) if hides_all or looks_secret(name, value) else value
            for name, value in values
        }
    return found


def _formation(app: App) -> Iterator[tuple[str, Data]]:
    for process, dynos in sorted(app.formation.items(), key=lambda each: (each[0] != "web", each)):
        size = SIZES.get(dynos.size, dynos.size.lower())
        yield process, {"size": size, "quantity": dynos.quantity}


SIZES = {answered: size for size, answered in catalogue.DYNO_SIZES.items()}
"""Size as Heroku returns it -> size in a file."""


def _people(app: App) -> list[Collaborator]:
    people = sorted(app.collaborators, key=lambda each: each.email)
    return [each for each in people if is_said(app, each)]


def is_said(app: App, person: Collaborator) -> bool:
    """Return whether the file can say that a person has access to an app."""
    return not person.is_implied and (not app.team or bool(person.permissions))


def collaborator(app: App, person: Collaborator) -> Data:
    """Return a person as an entry of the section `collaborators`."""
    email: Data = {"email": person.email.lower()}
    return email | ({"permissions": list(person.permissions)} if app.team else {})


def _drains(app: App) -> Iterator[tuple[str, str | SecretText]]:
    taken: set[str] = set()
    for drain in sorted(own_drains(app), key=lambda each: each.created):
        key = unique(key_of(host_of(drain.url), "drain"), taken)
        yield key, SecretText(drain.url) if looks_secret("", drain.url) else drain.url


def own_drains(app: App) -> list[Drain]:
    """Return the drains that no add-on has created."""
    return [each for each in app.drains if not each.is_of_addon]


def host_of(address: str) -> str:
    """Return the host name of an address, without its login and port."""
    return address.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]


def pipeline(coupling: Coupling) -> Data:
    """Return the section `pipeline` of an app."""
    if coupling.is_first:
        return {"create": True, "name": coupling.pipeline, "stage": coupling.stage}
    return {"id": coupling.pipeline_id, "stage": coupling.stage}


def unsaid_of(app: App) -> Iterator[str]:
    """Yield what no section of a file can say about an app itself."""
    if app.maintenance:
        yield "maintenance mode is on"
    if app.acm:
        yield "Automated Certificate Management (ACM) is on"
    if app.space:
        yield f"the app runs in the Private Space {app.space}"
    for person in app.collaborators:
        if person.is_the_team:
            continue
        if person.is_implied:
            yield f"{person.email} has access as {_as(app, person)}"
        elif not is_said(app, person):
            yield f"{person.email} has access without permissions of its own, as {person.role}"
    for domain in app.domains:
        if domain.certificate and not app.acm:
            yield f"domain {domain.hostname} has the certificate {domain.certificate}"
    for webhook in app.webhooks:
        of = ", ".join(webhook.entities)
        yield f"a webhook to {host_of(webhook.url)} is notified of {of or 'changes'}"
    if app.coupling and app.coupling.stage not in STAGES:
        yield f"the app is at stage {app.coupling.stage} of the pipeline {app.coupling.pipeline}"
    for part, reason in app.unread.items():
        yield f"the {part} could not be read: {reason}"


def _as(app: App, person: Collaborator) -> str:
    return f"{person.role} of the team {app.team}" if app.team else f"the {person.role}"
