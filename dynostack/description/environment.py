"""A whole app as an environment, and what no environment can say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dynostack.description import addons
from dynostack.description.sections import (
    STAGES,
    Data,
    SecretText,
    app_section,
    collaborator,
    drains,
    formation,
    people,
    pipeline,
)
from dynostack.description.unsaid import foreign, unsaid_of
from dynostack.inventory.app import App


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
    found = addons.described(app, versions)
    sections: Data = {"account": account, "app": app_section(app, hides_all=hides_all)}
    unsaid = [*map(str, unsaid_of(app)), *found.unsaid, *map(str, foreign(app))]
    sections |= {"formation": dict(formation(app))}
    sections |= found.sections
    sections["collaborators"] = [collaborator(app, each) for each in people(app)]
    sections["domains"] = sorted(each.hostname for each in app.domains)
    sections["features"] = dict.fromkeys(sorted(app.features), True)
    sections["drains"] = dict(drains(app))
    if app.coupling and app.coupling.stage in STAGES:
        sections["pipeline"] = pipeline(app.coupling)
    return Description({name: each for name, each in sections.items() if each}, unsaid)


def _secrets(value: Any) -> Iterator[SecretText]:
    if isinstance(value, SecretText):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _secrets(each)
