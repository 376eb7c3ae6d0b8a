"""Add-on services and their plans, from the catalogue."""

from __future__ import annotations

from localheroku.api.addons.services.errors import PlanNotFoundError, ServiceNotFoundError
from localheroku.core.catalogue import EPOCH, AddonService, Plan
from localheroku.core.state import Document, State


def find(state: State, identity: str) -> AddonService:
    """Return the service with an id or name.

    Raises:
        ServiceNotFoundError: There is no such service.
    """
    service = state.catalogue.service(identity)
    if service is None:
        raise ServiceNotFoundError
    return service


def find_plan(state: State, identity: str, service: AddonService | None = None) -> Plan:
    """Return the plan with an id or name; if a service is given, the plan's slug is enough.

    Raises:
        PlanNotFoundError: There is no such plan.
    """
    plan = state.catalogue.plan(identity)
    if service is not None:
        plan = service.plans.get(identity.removeprefix(f"{service.name}:"), plan)
    if plan is None or (service and plan.service != service.name):
        raise PlanNotFoundError
    return plan


def plans(service: AddonService) -> list[Plan]:
    """Return the plans of a service that are not retired."""
    return [plan for plan in service.plans.values() if not plan.retired]


def document(service: AddonService) -> Document:
    return {
        "id": service.id,
        "name": service.name,
        "human_name": service.human_name,
        "cli_plugin_name": None,
        "created_at": EPOCH,
        "updated_at": EPOCH,
        "state": "ga",
        "supports_multiple_installations": True,
        "supports_sharing": True,
    }


def plan_document(state: State, plan: Plan) -> Document:
    service = state.catalogue.services[plan.service]
    return {
        "id": plan.id,
        "name": plan.name,
        "human_name": plan.human_name,
        "description": f"{service.human_name} {plan.human_name}",
        "addon_service": {"id": service.id, "name": service.name},
        "compliance": None,
        "created_at": EPOCH,
        "updated_at": EPOCH,
        "default": plan.slug == service.default_plan,
        "installable_inside_private_network": plan.private,
        "installable_outside_private_network": not plan.private,
        "price": price(plan),
        "space_default": False,
        "state": "shutdown" if plan.retired else "ga",
        "visible": not plan.retired,
    }


def price(plan: Plan) -> Document:
    """Return the plan's price.

    An unknown price is shown as set by a contract, because the schema does not allow null.
    """
    return {"cents": plan.cents or 0, "contract": plan.cents is None, "unit": "month"}
