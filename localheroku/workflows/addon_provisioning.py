"""Orders of add-ons: served at once, or in the background where that is to take its time."""

from __future__ import annotations

import logging

from localheroku.api.addons import models
from localheroku.api.addons.attachments import models as attachments
from localheroku.api.addons.attachments.records import Addon
from localheroku.api.addons.errors import AddonNotFoundError, ProvisionError
from localheroku.api.addons.models import NewAddon
from localheroku.api.apps import models as apps
from localheroku.api.apps.models import App
from localheroku.core.provisioning import ADDON, Course
from localheroku.platform import Platform


async def place(platform: Platform, app: App, new: NewAddon) -> Addon:
    """A new add-on: with its config vars and releases, or still provisioning.

    Raises a ParamsError for what cannot be had, ProvisionError when the service fails.
    """
    await platform.deployment.ready.wait()
    with platform.store.transaction():
        addon = models.order(platform, app, new)
        course = platform.provisioning.begin(ADDON, addon)
    if course:
        platform.spawn(_serve_later(platform, addon, course))
        return addon
    try:
        values = await models.provision(platform, addon)
    except BaseException:
        platform.store.remove(addon)
        raise
    return await _deliver(platform, addon, values)


async def complete(platform: Platform, addon: Addon) -> Addon:
    """Have an add-on there now that is still being made; others stay as they are."""
    course = platform.provisioning.course_of(addon)
    if course is None:
        return addon
    platform.provisioning.finish(course)
    return await _deliver(platform, addon, await models.provision(platform, addon))


def resume(platform: Platform) -> None:
    """Go on with what an earlier run of the server has promised."""
    for addon in platform.store.every(Addon):
        if course := platform.provisioning.course_of(addon):
            platform.spawn(_serve_later(platform, addon, course))


async def _serve_later(platform: Platform, addon: Addon, course: Course) -> None:
    succeeds = await platform.provisioning.arrival(course)
    if succeeds is None:
        return
    try:
        if succeeds:
            await _deliver(platform, addon, await models.provision(platform, addon), course)
        else:
            models.fail(platform, addon, course)
    except ProvisionError as error:
        logging.getLogger(__name__).error("%s", error)
        models.fail(platform, addon, course)
    except AddonNotFoundError:
        logging.getLogger(__name__).info("%s was removed while it was being made", addon.name)


async def _deliver(
    platform: Platform, addon: Addon, values: dict[str, str], course: Course | None = None
) -> Addon:
    """Give the add-on's apps its config vars.

    Raises AddonNotFoundError when it was removed meanwhile.
    """
    if platform.store.find(Addon, addon.id) is None:
        await models.remove(platform, addon)
        raise AddonNotFoundError
    with platform.store.transaction():
        delivered = platform.change(addon, values=values, state=models.PROVISIONED)
        if course:
            platform.provisioning.finish(course)
        for attachment in attachments.of_addon(platform, delivered):
            app = apps.find(platform, attachment.app_id)
            platform.deployment.release(app, f"Attach {attachment.name} (@ref:{addon.name})")
    return delivered
