"""Read from a stack's state which app, add-ons and build it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

APP = "heroku:app/app:App"
ADDON = "heroku:addon/addon:Addon"
BUILD = "heroku:build/build:Build"


@dataclass(frozen=True)
class Managed:
    """The resources of a stack, as far as a comparison needs them."""

    app: str = ""
    """The app's id; empty if the stack has no app."""
    addons: Mapping[str, str] = field(default_factory=dict)
    """The name that the program gives an add-on -> the add-on's id."""
    slug: str = ""
    """The slug of the stack's last build; empty if it builds nothing."""

    @classmethod
    def of(cls, resources: list[dict[str, Any]]) -> Managed:
        """Return what the resources of an exported state say."""
        present = [each for each in resources if each.get("id") and not each.get("delete")]
        by_type = {kind: [each for each in present if each["type"] == kind] for kind in _TYPES}
        return cls(
            next((each["id"] for each in by_type[APP]), ""),
            {each["urn"].rpartition("::")[2]: each["id"] for each in by_type[ADDON]},
            next((_slug(each) for each in by_type[BUILD]), ""),
        )


_TYPES = (APP, ADDON, BUILD)


def _slug(build: Mapping[str, Any]) -> str:
    return str((build.get("outputs") or {}).get("slugId") or "")
