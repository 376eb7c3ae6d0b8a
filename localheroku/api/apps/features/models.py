"""Features that can be switched on for an app or for the account."""

from __future__ import annotations

from collections.abc import Sequence

from localheroku.api.apps.features.errors import FeatureNotFoundError
from localheroku.core import catalogue
from localheroku.core.catalogue import EPOCH, CatalogueEntry
from localheroku.core.state import Document


def find(features: Sequence[CatalogueEntry], identity: str) -> CatalogueEntry:
    """Return the feature with an id or name.

    Raises:
        FeatureNotFoundError: There is no such feature.
    """
    feature = catalogue.find(features, identity)
    if feature is None:
        raise FeatureNotFoundError
    return feature


def switched(enabled: Sequence[str], feature: CatalogueEntry, *, on: bool) -> list[str]:
    """Return the names of the enabled features after switching one on or off."""
    return sorted({*enabled, feature.name} if on else {*enabled} - {feature.name})


def document(feature: CatalogueEntry, enabled: Sequence[str]) -> Document:
    return {
        "id": feature.id,
        "name": feature.name,
        "display_name": feature.row["display_name"],
        "description": feature.row["description"],
        "doc_url": "https://devcenter.heroku.com/articles/heroku-labs",
        "enabled": feature.name in enabled or feature.row.get("enabled", False),
        "feedback_email": "",
        "state": feature.row["state"],
        "created_at": EPOCH,
        "updated_at": EPOCH,
    }
