"""The sections of an environment that describe parts of an app as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dynostack.description.keys import key_of, unique
from dynostack.description.secret_values import looks_secret
from dynostack.environment import catalogue
from dynostack.environment.django.procfile import NEVER_SCALED
from dynostack.inventory.app import App, Collaborator, Coupling, Drain

Data = dict[str, Any]
STAGES = ("review", "development", "staging", "production")
"""The stages that a file can say; apps of Heroku CI are at the stage test."""


@dataclass(frozen=True)
class SecretText:
    """A value that the file has only encrypted."""

    text: str = field(repr=False)


def app_section(app: App, *, hides_all: bool) -> Data:
    """Return the section `app`, without a source."""
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


def formation(app: App) -> Iterator[tuple[str, Data]]:
    """Yield each process type that has dynos, web first."""
    scaled = (each for each in app.formation.items() if each[0] != NEVER_SCALED)
    for process, dynos in sorted(scaled, key=lambda each: (each[0] != "web", each)):
        size = SIZES.get(dynos.size, dynos.size.lower())
        yield process, {"size": size, "quantity": dynos.quantity}


SIZES = {answered: size for size, answered in catalogue.DYNO_SIZES.items()}
"""Size as Heroku returns it -> size in a file."""


def people(app: App) -> list[Collaborator]:
    """Return the people that the file can say, by their email addresses."""
    people = sorted(app.collaborators, key=lambda each: each.email)
    return [each for each in people if is_said(app, each)]


def is_said(app: App, person: Collaborator) -> bool:
    """Return whether the file can say that a person has access to an app."""
    return not person.is_implied and (not app.team or bool(person.permissions))


def collaborator(app: App, person: Collaborator) -> Data:
    """Return a person as an entry of the section `collaborators`."""
    email: Data = {"email": person.email.lower()}
    return email | ({"permissions": list(person.permissions)} if app.team else {})


def drains(app: App) -> Iterator[tuple[str, str | SecretText]]:
    """Yield the key and address of each drain, the oldest first."""
    taken: set[str] = set()
    for drain in sorted(own_drains(app), key=lambda each: each.created):
        key = unique(key_of(host_of(drain.url), "drain"), taken)
        yield key, SecretText(drain.url) if looks_secret("", drain.url) else drain.url


def own_drains(app: App) -> list[Drain]:
    """Return the drains that no add-on has created."""
    return [each for each in app.drains if not each.is_of_addon]


def host_of(address: str) -> str:
    """Return the host name of an address, without its login, port, path and query."""
    authority = re.split(r"[/?#]", address.partition("://")[2], maxsplit=1)[0]
    return authority.rpartition("@")[2].partition(":")[0]


def pipeline(coupling: Coupling) -> Data:
    """Return the section `pipeline` of an app."""
    if coupling.is_first:
        return {"create": True, "name": coupling.pipeline, "stage": coupling.stage}
    return {"id": coupling.pipeline_id, "stage": coupling.stage}
