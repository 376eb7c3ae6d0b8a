"""The regions in which each add-on service is available."""

from __future__ import annotations

from collections.abc import Iterable

from localheroku.api.addons.services import models as addon_services
from localheroku.api.catalogue import models as platforms
from localheroku.core import catalogue
from localheroku.core.catalogue import AddonService, CatalogueEntry
from localheroku.core.state import Document


def documents(
    services: Iterable[AddonService], regions: Iterable[CatalogueEntry]
) -> list[Document]:
    """Return each service with its regions; private regions need a plan for private networks."""
    known = list(regions)
    return [
        _document(service, region)
        for service in services
        for region in known
        if _is_private(service) or not region.row["private_capable"]
    ]


def _is_private(service: AddonService) -> bool:
    return any(plan.private for plan in service.plans.values())


def _document(service: AddonService, region: CatalogueEntry) -> Document:
    brief = catalogue.brief("region-capability", f"{service.name}/{region.name}")
    return {
        "id": brief["id"],
        "addon_service": addon_services.document(service),
        "region": platforms.region_document(region),
        "supports_private_networking": region.row["private_capable"],
    }
