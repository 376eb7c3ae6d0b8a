"""Add-ons: what an app has of an add-on service."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dynostack.heroku import names
from dynostack.heroku.addons.service import AddonRequest, ServiceFailed
from dynostack.heroku.api.addons.errors import (
    AddonNotFoundError,
    ConfigValueError,
    NameFormError,
    NameTakenError,
    PlanNotFoundError,
    PlanPrivateError,
    PlanRetiredError,
    ProvisionError,
    ServiceChangeError,
)
from dynostack.heroku.api.apps import models as apps
from dynostack.heroku.api.apps.models import App
from dynostack.heroku.api.attachments import models as attachments
from dynostack.heroku.api.attachments.records import Addon
from dynostack.heroku.api.teams import models as teams
from dynostack.heroku.catalogue import Plan
from dynostack.heroku.platform import Document, Platform

PROVISIONED = "provisioned"
NAME = re.compile(r"[a-zA-Z][A-Za-z0-9_-]{0,255}")


@dataclass(frozen=True)
class NewAddon:
    """What an add-on is made from; `name` and `attachment` are up to Heroku when None."""

    plan: str
    name: str | None = None
    attachment: str | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    confirmed: bool = False


def find(platform: Platform, identity: str, app: App | None = None) -> Addon:
    """The add-on of that id or name, or of that attachment of the app.

    Raises AddonNotFoundError.
    """
    addon = platform.store.find(Addon, identity) or platform.store.named(Addon, name=identity)
    if addon is None and app is not None:
        attached = (a for a in attachments.of_app(platform, app) if a.name == identity)
        addon = next((attachments.addon_of(platform, a) for a in attached), None)
    if addon is None or (app and app.id not in _apps(platform, addon)):
        raise AddonNotFoundError
    return addon


def of_app(platform: Platform, app: App) -> list[Addon]:
    return platform.store.every(Addon, parent=app.id)


def seen_by(platform: Platform, app: App) -> list[Addon]:
    """The app's own add-ons and those that are attached to it."""
    return [a for a in platform.store.every(Addon) if app.id in _apps(platform, a)]


def _apps(platform: Platform, addon: Addon) -> set[str]:
    return {addon.parent or "", *(a.app_id for a in attachments.of_addon(platform, addon))}


async def create(platform: Platform, app: App, new: NewAddon) -> Addon:
    """Provision the add-on; when it returns, its config vars are there.

    Raises a ParamsError for what cannot be had, ProvisionError when the service fails.
    """
    plan = _plan(platform, new.plan)
    config = _config(platform, plan, new.config)
    with platform.store.transaction():
        addon = platform.store.put(
            Addon(
                **platform.stamp(),
                parent=app.id,
                name=_name(platform, plan, new.name),
                service=plan.service,
                plan=plan.slug,
                state="provisioning",
                config=config,
            )
        )
        attachments.attach(platform, app, addon, new.attachment, confirmed=new.confirmed)
    try:
        values = await _provision(platform, addon)
    except BaseException:
        platform.store.remove(addon)
        raise
    if platform.store.find(Addon, addon.id) is None:
        await remove(platform, addon)
        raise AddonNotFoundError
    return platform.change(addon, values=values, state=PROVISIONED)


async def _provision(platform: Platform, addon: Addon) -> dict[str, str]:
    service = platform.machines.services.get(addon.service)
    if service is None:
        variables = platform.catalogue.services[addon.service].variables
        return {
            suffix: value.format(name=addon.name, token=secrets.token_hex(16))
            for suffix, value in variables.items()
        }
    try:
        return await service.provision(request(platform, addon))
    except ServiceFailed as error:
        raise ProvisionError(addon=addon.name, reason=error) from error


async def change(
    platform: Platform, addon: Addon, *, plan: str | None = None, name: str | None = None
) -> Addon:
    """Another plan of the same service, another name, or both; what is None or "" stays."""
    changes: dict[str, str] = {}
    if name and name != addon.name:
        changes["name"] = _free_name(platform, name)
    if plan and addon.plan_name != plan:
        wanted = _plan(platform, plan)
        if wanted.service != addon.service:
            raise ServiceChangeError(addon=addon.name, service=addon.service)
        changes["plan"] = wanted.slug
    if not changes:
        return addon
    changed = platform.change(addon, **changes)
    service = platform.machines.services.get(addon.service)
    if service and "plan" in changes:
        try:
            await service.change_plan(request(platform, changed))
        except ServiceFailed as error:
            platform.change(addon, plan=addon.plan, name=addon.name)
            raise ProvisionError(addon=addon.name, reason=error) from error
    return changed


async def remove(platform: Platform, addon: Addon) -> None:
    """Destroy it with everything in it; the apps it is attached to lose its config vars."""
    service = platform.machines.services.get(addon.service)
    if service:
        try:
            await service.deprovision(addon.id)
        except ServiceFailed as error:
            raise ProvisionError(addon=addon.name, reason=error) from error
    platform.store.remove(addon)


async def resume(platform: Platform) -> None:
    """Bring back what ran; remove what was never finished.

    A service that fails is told of in the server's log; the others go on.
    """
    await start(platform)
    for addon in platform.store.every(Addon):
        if addon.state != PROVISIONED:
            try:
                await remove(platform, addon)
            except ProvisionError as error:
                logging.getLogger(__name__).error("%s", error)


async def start(platform: Platform) -> bool:
    """Start what has to run and does not; whether all services could.

    A service that fails is told of in the server's log; the others go on.
    """
    well = True
    every = platform.store.every(Addon)
    for name, service in platform.machines.services.items():
        mine = [addon for addon in every if addon.service == name and addon.state == PROVISIONED]
        try:
            await service.start([request(platform, addon) for addon in mine])
        except ServiceFailed as error:
            well = False
            logging.getLogger(__name__).error("%s does not start: %s", name, error)
    return well


def request(platform: Platform, addon: Addon) -> AddonRequest:
    """What its service is told of the add-on."""
    plan = platform.catalogue.services[addon.service].plans[addon.plan]
    return AddonRequest(
        addon_id=addon.id,
        name=addon.name,
        plan=addon.plan,
        version=addon.config.get("version"),
        config=addon.config,
        connection_limit=plan.connection_limit,
        megabytes=plan.megabytes,
    )


def _plan(platform: Platform, identity: str) -> Plan:
    plan = platform.catalogue.plan(identity)
    if plan is None:
        raise PlanNotFoundError(plan=identity)
    if plan.retired:
        raise PlanRetiredError(reason=plan.retired)
    if plan.private:
        raise PlanPrivateError(plan=plan.name)
    return plan


def _config(platform: Platform, plan: Plan, given: Mapping[str, Any]) -> dict[str, str]:
    config = {key: str(value) for key, value in given.items() if value is not None}
    for key, rule in platform.catalogue.services[plan.service].config.items():
        if key in config and config[key] not in rule.values:
            reason = rule.message.format(value=config[key], known=", ".join(rule.values))
            raise ConfigValueError(reason=reason)
    return config


def _name(platform: Platform, plan: Plan, name: str | None) -> str:
    if name:
        return _free_name(platform, name)
    stem = platform.catalogue.services[plan.service].name_stem
    return names.addon_name(stem, lambda made: _taken(platform, made))


def _free_name(platform: Platform, name: str) -> str:
    if NAME.fullmatch(name) is None:
        raise NameFormError
    if _taken(platform, name):
        raise NameTakenError
    return name


def _taken(platform: Platform, name: str) -> bool:
    return platform.store.named(Addon, name=name) is not None


def document(platform: Platform, addon: Addon) -> Document:
    service = platform.catalogue.services[addon.service]
    plan = service.plans[addon.plan]
    app = apps.find(platform, addon.parent or "")
    own = (a for a in attachments.of_addon(platform, addon) if a.app_id == app.id)
    return {
        "id": addon.id,
        "name": addon.name,
        "actions": [],
        "addon_service": {"id": service.id, "name": service.name},
        "app": apps.brief(app),
        "billed_price": _price(plan),
        "billing_entity": _payer(platform, app),
        "config_vars": [name for a in own for name in attachments.values(a, addon)],
        "created_at": addon.created_at,
        "updated_at": addon.updated_at,
        "plan": {"id": plan.id, "name": plan.name},
        "provider_id": addon.id,
        "state": addon.state,
        "web_url": None,
    }


def _price(plan: Plan) -> Document | None:
    if plan.cents is None:
        return None
    return {"cents": plan.cents, "contract": False, "unit": "month"}


def _payer(platform: Platform, app: App) -> Document:
    if app.team_id:
        return {**teams.brief(teams.find(platform, app.team_id)), "type": "team"}
    return {**apps.brief(app), "type": "app"}
