"""Add-ons of apps."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from localheroku.api.addons.attachments import creation as attachment_creation
from localheroku.api.addons.attachments import models as attachments
from localheroku.api.addons.attachments.records import (
    DEPROVISIONED,
    PROVISIONED,
    PROVISIONING,
    Addon,
)
from localheroku.api.addons.errors import (
    AddonNameFormError,
    AddonNameTakenError,
    AddonNotFoundError,
    AmbiguousAddonError,
    ConfigValueError,
    PlanPrivateError,
    PlanRetiredError,
    PlanTierError,
    PlanUnknownError,
    ProvisionError,
    ServiceChangeError,
)
from localheroku.api.addons.services import models as addon_services
from localheroku.api.apps import models as apps
from localheroku.api.apps.models import App
from localheroku.api.teams import models as teams
from localheroku.auth.permissions import CallerPermissions
from localheroku.core import name_generator
from localheroku.core.addon_service import AddonBackend, AddonRequest, ServiceFailed
from localheroku.core.catalogue import Plan
from localheroku.core.provisioning import Job
from localheroku.core.state import Document, State

FAILURE_SECONDS = 600.0
"""The time, in seconds, for which the API still shows an add-on whose provisioning failed."""
NAME = re.compile(r"[a-zA-Z][A-Za-z0-9_-]{0,255}")


@dataclass(frozen=True)
class NewAddon:
    """The options of a new add-on; Heroku chooses `name` and `attachment` if they are None."""

    plan: str
    name: str | None = None
    attachment: str | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    confirmed: bool = False


def find(state: State, identity: str, app: App | None = None) -> Addon:
    """Return the only add-on that matches, among those of `app` if it is given.

    Raises:
        AddonNotFoundError: No add-on matches.
        AmbiguousAddonError: Several add-ons match.
    """
    candidates = matching(state, identity, app)
    matches = [
        one for one in candidates if app is None or app.id in attachments.apps_with(state, one)
    ]
    if not matches:
        raise AddonNotFoundError
    if len(matches) > 1:
        raise AmbiguousAddonError(names=", ".join(one.name for one in matches))
    return matches[0]


def matching(state: State, identity: str, app: App | None = None) -> list[Addon]:
    """Return the add-ons that match an id, a name, an app's attachment, a service or a plan.

    `APP::NAME` is an add-on or attachment of the app APP, if the caller can view this app. A
    service or plan matches the add-ons of `app`, or else those of all apps that the caller can
    view.

    Raises:
        AppNotFoundError: There is no app APP.
    """
    caller = CallerPermissions(state)
    name, named_app = attachments.scope(state, identity, app)
    if named_app and named_app is not app and not caller.sees(named_app):
        return []
    one = _find_exact(state, name, named_app) or (
        named_app and _find_attached(state, named_app, name)
    )
    if one:
        return [one]
    searched_apps = (
        [named_app] if named_app else [each for each in apps.every(state) if caller.sees(each)]
    )
    every = (addon for each in searched_apps for addon in of_app(state, each))
    return [addon for addon in every if name in (addon.service, addon.plan_name)]


def _find_exact(state: State, identity: str, app: App | None) -> Addon | None:
    """Return the add-on with an id or name, if the app has it."""
    addon = state.store.find(Addon, identity) or _find_named(state, identity)
    if addon is None or (app and app.id not in attachments.apps_with(state, addon)):
        return None
    is_forgotten = addon.state == DEPROVISIONED and state.age(addon) > FAILURE_SECONDS
    return None if is_forgotten else addon


def _find_attached(state: State, app: App, name: str) -> Addon | None:
    attached = (a for a in attachments.of_app(state, app) if a.is_called(name))
    return next((attachments.addon_of(state, a) for a in attached), None)


def of_app(state: State, app: App) -> list[Addon]:
    """Return the app's add-ons, provisioned or provisioning."""
    return [a for a in state.store.every(Addon, parent=app.id) if a.state != DEPROVISIONED]


def order(state: State, app: App, new: NewAddon) -> Addon:
    """Create an add-on in the state provisioning.

    Raises:
        ParamsError: The add-on cannot be created with these options.
    """
    plan = _plan(state, app, new.plan)
    config = _config(state, plan, new.config)
    with state.store.transaction():
        addon = state.store.put(
            Addon(
                **state.stamp(),
                parent=app.id,
                name=_name(state, plan, new.name),
                service=plan.service,
                plan=plan.slug,
                state=PROVISIONING,
                config=config,
            )
        )
        attachment_creation.attach(state, app, addon, new.attachment, confirmed=new.confirmed)
    return addon


async def provision(state: State, addon: Addon) -> dict[str, str]:
    """Provision the add-on with its service and return its config vars by suffix.

    Raises:
        ProvisionError: The service failed; it has then removed everything it created for the
            add-on.
    """
    service = state.backends.services.get(addon.service)
    if service is None:
        variables = state.catalogue.services[addon.service].variables
        return {
            suffix: value.format(name=addon.name, token=secrets.token_hex(16))
            for suffix, value in variables.items()
        }
    try:
        return await service.provision(request(state, addon))
    except BaseException as failure:
        await _remove_failed(service, addon)
        if isinstance(failure, ServiceFailed):
            raise ProvisionError(addon=addon.name, reason=failure) from failure
        raise


async def _remove_failed(service: AddonBackend, addon: Addon) -> None:
    """Remove everything that a failed provisioning created, including its credentials."""
    try:
        await service.deprovision(addon.id)
    except ServiceFailed as error:
        logger = logging.getLogger(__name__)
        logger.error("cannot clean up the failed add-on %s: %s", addon.name, error)


def fail(state: State, addon: Addon, job: Job) -> None:
    """Mark the add-on as deprovisioned after a failure, as Heroku does; its name becomes free."""
    with state.store.transaction():
        state.provisioning.finish(job)
        for attachment in attachments.of_addon(state, addon):
            state.store.remove(attachment)
        state.change(addon, state=DEPROVISIONED)


async def change(
    state: State, addon: Addon, *, plan: str | None = None, name: str | None = None
) -> Addon:
    """Change the plan, the name, or both; None and "" keep the current value.

    The new plan must be of the same service.
    """
    changes: dict[str, str] = {}
    if name and name != addon.name:
        changes["name"] = _free_name(state, name)
    if plan and addon.plan_name != plan:
        changes["plan"] = _other_plan(state, addon, plan).slug
    if not changes:
        return addon
    changed = state.change(addon, **changes)
    service = state.backends.services.get(addon.service)
    if service and "plan" in changes:
        try:
            await service.change_plan(request(state, changed))
        except ServiceFailed as error:
            state.change(addon, plan=addon.plan, name=addon.name)
            raise ProvisionError(addon=addon.name, reason=error) from error
    return changed


async def remove(state: State, addon: Addon) -> None:
    """Destroy the add-on and its data; the apps that it is attached to lose its config vars."""
    service = state.backends.services.get(addon.service)
    if service:
        try:
            await service.deprovision(addon.id)
        except ServiceFailed as error:
            raise ProvisionError(addon=addon.name, reason=error) from error
    with state.store.transaction():
        for attachment in attachments.of_addon(state, addon):
            state.store.remove(attachment)
        state.store.remove(addon)


async def resume(state: State) -> None:
    """Start the services of provisioned add-ons again, and remove unfinished add-ons.

    If a service fails, log the error and go on with the others.
    """
    await start(state)
    for addon in state.store.every(Addon):
        if addon.state == PROVISIONING and state.provisioning.job_of(addon) is None:
            try:
                await remove(state, addon)
            except ProvisionError as error:
                logging.getLogger(__name__).error("%s", error)


async def start(state: State) -> bool:
    """Start every needed service that is not running, and return whether all of them started.

    If a service fails, log the error and go on with the others.
    """
    all_started = True
    every = state.store.every(Addon)
    for name, service in state.backends.services.items():
        provisioned = [
            addon for addon in every if addon.service == name and addon.state == PROVISIONED
        ]
        try:
            await service.start([request(state, addon) for addon in provisioned])
        except (ServiceFailed, OSError) as error:
            all_started = False
            logging.getLogger(__name__).error("cannot start %s: %s", name, error)
    return all_started


def request(state: State, addon: Addon) -> AddonRequest:
    """Return the add-on as its service receives it."""
    plan = state.catalogue.services[addon.service].plans[addon.plan]
    return AddonRequest(
        addon_id=addon.id,
        name=addon.name,
        plan=addon.plan,
        version=addon.config.get("version"),
        config=addon.config,
        connection_limit=plan.connection_limit,
        megabytes=plan.megabytes,
    )


def _plan(state: State, app: App, identity: str) -> Plan:
    plan = state.catalogue.orderable_plan(identity)
    if plan is None:
        raise PlanUnknownError(plan=identity)
    if plan.retired:
        raise PlanRetiredError(reason=plan.retired)
    if plan.private and app.space_id is None:
        raise PlanPrivateError(plan=plan.name)
    return plan


def _other_plan(state: State, addon: Addon, identity: str) -> Plan:
    """Return the plan, if the add-on can change to it and keep its data.

    Raises:
        ApiError: The add-on cannot change to this plan.
    """
    plan = _plan(state, apps.find(state, addon.parent or ""), identity)
    if plan.service != addon.service:
        raise ServiceChangeError(addon=addon.name, service=addon.service)
    service = state.catalogue.services[addon.service]
    current = service.plans[addon.plan]
    tier = service.closed_tier(current, plan)
    if tier:
        raise PlanTierError(
            addon=addon.name, old=current.name, new=plan.name, tier=tier.capitalize()
        )
    return plan


def _config(state: State, plan: Plan, options: Mapping[str, Any]) -> dict[str, str]:
    config = {key: str(value) for key, value in options.items() if value is not None}
    for key, rule in state.catalogue.services[plan.service].config.items():
        allowed = (*rule.old, *rule.values) if state.allows_old_versions else rule.values
        if key in config:
            config[key] = rule.known(config[key])
        if key in config and config[key] not in allowed:
            reason = rule.message.format(value=config[key], known=", ".join(rule.values))
            raise ConfigValueError(reason=reason)
    return config


def _name(state: State, plan: Plan, name: str | None) -> str:
    if name:
        return _free_name(state, name)
    stem = state.catalogue.services[plan.service].name_stem
    return name_generator.addon_name(stem, lambda candidate: _taken(state, candidate))


def _free_name(state: State, name: str) -> str:
    if NAME.fullmatch(name) is None:
        raise AddonNameFormError
    if _taken(state, name):
        raise AddonNameTakenError
    return name


def _taken(state: State, name: str) -> bool:
    addon = _find_named(state, name)
    return addon is not None and addon.state != DEPROVISIONED


def _find_named(state: State, name: str) -> Addon | None:
    """Return the add-on with a name; prefer one whose provisioning has not failed."""
    named = state.store.having(Addon, name=name)
    return min(named, key=lambda addon: addon.state == DEPROVISIONED, default=None)


def document(state: State, addon: Addon) -> Document:
    service = state.catalogue.services[addon.service]
    plan = service.plans[addon.plan]
    app = apps.find(state, addon.parent or "")
    own = (a for a in attachments.of_addon(state, addon) if a.app_id == app.id)
    return {
        "id": addon.id,
        "name": addon.name,
        "actions": [],
        "addon_service": {"id": service.id, "name": service.name},
        "app": apps.brief(app),
        "billed_price": addon_services.price(plan),
        "billing_entity": _payer(state, app),
        "config_vars": [f"{a.name}_{suffix}" for a in own for suffix in _suffixes(state, addon)],
        "created_at": addon.created_at,
        "updated_at": addon.updated_at,
        "plan": {"id": plan.id, "name": plan.name},
        "provider_id": addon.id,
        "state": addon.state,
        "web_url": apps.page(state, app),
    }


def _suffixes(state: State, addon: Addon) -> list[str]:
    """Return the suffixes of the add-on's config vars, even if they have no values yet."""
    return list(addon.values or state.catalogue.services[addon.service].variables)


def _payer(state: State, app: App) -> Document:
    if app.team_id:
        return {**teams.brief(teams.find(state, app.team_id)), "type": "team"}
    return {**apps.brief(app), "type": "app"}
