"""Provisions add-ons: at once, or in the background if a time is set for it."""

from __future__ import annotations

import logging

from localheroku.api.addons import models
from localheroku.api.addons.attachments import models as attachments
from localheroku.api.addons.attachments.records import PROVISIONED, Addon
from localheroku.api.addons.errors import AddonNotFoundError, ProvisionError
from localheroku.api.addons.models import NewAddon
from localheroku.api.apps import models as apps
from localheroku.api.apps.models import App
from localheroku.api.builds.releases import creation
from localheroku.core.provisioning import ADDON, Job
from localheroku.core.state import State


async def provision(state: State, app: App, new: NewAddon) -> Addon:
    """Return a new add-on: with its config vars and releases, or still provisioning.

    Raises:
        ParamsError: the add-on is not available.
        ProvisionError: the service failed.
    """
    await state.readiness.addons.wait()
    with state.store.transaction():
        addon = models.order(state, app, new)
        job = state.provisioning.begin(ADDON, addon)
    if job:
        state.spawn(_provision_later(state, addon, job))
        return addon
    try:
        values = await models.provision(state, addon)
    except BaseException:
        state.store.remove(addon)
        raise
    return await _deliver(state, addon, values)


async def complete(state: State, addon: Addon) -> Addon:
    """Provision an add-on now if it is still being provisioned; leave others unchanged."""
    job = state.provisioning.job_of(addon)
    if job is None:
        return addon
    state.provisioning.finish(job)
    return await _deliver(state, addon, await models.provision(state, addon))


def resume(state: State) -> None:
    """Continue the provisioning that an earlier run of the server started."""
    for addon in state.store.every(Addon):
        if job := state.provisioning.job_of(addon):
            state.spawn(_provision_later(state, addon, job))


async def _provision_later(state: State, addon: Addon, job: Job) -> None:
    succeeds = await state.provisioning.wait_until_due(job)
    if succeeds is None:
        return
    try:
        if succeeds:
            await _deliver(state, addon, await models.provision(state, addon), job)
        else:
            models.fail(state, addon, job)
    except ProvisionError as error:
        logging.getLogger(__name__).error("%s", error)
        models.fail(state, addon, job)
    except AddonNotFoundError:
        logging.getLogger(__name__).info(
            "%s was removed while it was being provisioned", addon.name
        )


async def _deliver(
    state: State, addon: Addon, values: dict[str, str], job: Job | None = None
) -> Addon:
    """Give the add-on's apps its config vars.

    Raises:
        AddonNotFoundError: the add-on was removed meanwhile.
    """
    if state.store.find(Addon, addon.id) is None:
        await models.remove(state, addon)
        raise AddonNotFoundError
    with state.store.transaction():
        delivered = state.change(addon, values=values, state=PROVISIONED)
        if job:
            state.provisioning.finish(job)
        for attachment in attachments.of_addon(state, delivered):
            app = apps.find(state, attachment.app_id)
            creation.create(state, app, f"Attach {attachment.name} (@ref:{addon.name})")
    return delivered
