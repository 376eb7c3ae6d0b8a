"""Sets apps up as their app.json says: config vars, add-ons, build, dynos, and a last script."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urljoin

from localheroku.api.addons.models import NewAddon
from localheroku.api.apps import models as apps
from localheroku.api.apps.config_vars import models as config_vars
from localheroku.api.apps.models import App, NewApp
from localheroku.api.apps.setups import app_json, models
from localheroku.api.apps.setups.app_json import Manifest, ManifestRefused
from localheroku.api.apps.setups.models import FAILED, SUCCEEDED, Setup
from localheroku.api.builds.buildpacks import models as buildpacks
from localheroku.api.builds.models import NewBuild
from localheroku.api.dynos.formation import models as formation
from localheroku.api.dynos.formation.models import Scale
from localheroku.core.errors import ApiError
from localheroku.platform import Platform
from localheroku.workflows import addon_provisioning
from localheroku.workflows.builds import SourceUnreadable, fetch

POSTDEPLOY = "postdeploy.1"


class SetupFailed(Exception):
    """It cannot go on; the text says why."""


@dataclass(frozen=True)
class Order:
    """`env` and `buildpacks` go before those of app.json, of which `environment` is a part."""

    app: NewApp
    source: NewBuild
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    buildpacks: list[str] = field(default_factory=list)
    environment: str | None = None


@dataclass(frozen=True)
class Begun:
    """A setup that goes on until its work is done."""

    app: App
    setup: Setup
    work: asyncio.Task[object]


async def start(platform: Platform, order: Order) -> Begun:
    """The app is there at once; what it needs is made in the background."""
    app = await platform.deployment.create(order.app)
    setup = models.add(platform, app)
    return Begun(app, setup, platform.spawn(_run(platform, app, setup, order)))


async def _run(platform: Platform, app: App, setup: Setup, order: Order) -> None:
    try:
        wanted = await wanted_by(order)
        await _prepare(platform, app, wanted, order)
        await _build(platform, app, setup, order)
        await _scale(platform, app, wanted)
        await _finish(platform, app, setup, wanted)
        platform.change(setup, status=SUCCEEDED, success_url=_success_url(platform, app, wanted))
    except ManifestRefused as error:
        _fail(platform, setup, f"invalid {app_json.FILE}", error.errors)
    except (ApiError, SetupFailed, SourceUnreadable) as error:
        _fail(platform, setup, str(error))
    except BaseException:
        _fail(platform, setup, "The setup was cut off.")
        raise


def _fail(platform: Platform, setup: Setup, message: str, errors: list[str] | None = None) -> None:
    platform.change(setup, status=FAILED, failure_message=message, manifest_errors=errors or [])


async def wanted_by(order: Order) -> Manifest:
    """What app.json asks for.  Raises ManifestRefused or SourceUnreadable."""
    with TemporaryDirectory() as folder:
        archive = Path(folder) / "source"
        await fetch(order.source.url, order.source.checksum, archive)
        return await asyncio.to_thread(app_json.read, archive, order.env, order.environment)


async def _prepare(platform: Platform, app: App, wanted: Manifest, order: Order) -> None:
    if wanted.stack and order.app.stack is None:
        app = apps.update(platform, app, {"build_stack": wanted.stack})
    if chosen := order.buildpacks or wanted.buildpacks:
        buildpacks.update(platform, app, chosen)
    with platform.store.transaction():
        if description := config_vars.update(platform, app, wanted.env):
            platform.deployment.release(app, description)
    for addon in wanted.addons:
        new = NewAddon(addon.plan, attachment=addon.attachment, config=addon.config)
        await addon_provisioning.place(platform, app, new)


async def _build(platform: Platform, app: App, setup: Setup, order: Order) -> None:
    present = apps.find(platform, app.id)
    build = platform.builds.start(present, order.source)
    platform.change(setup, build_id=build.id)
    ended = await platform.builds.finished(present, build)
    if ended.status != SUCCEEDED:
        raise SetupFailed("The build failed: its output says why.")


async def _scale(platform: Platform, app: App, wanted: Manifest) -> None:
    scales = [Scale(p.type, p.quantity, p.size) for p in wanted.formation]
    formation.scale(platform, app, scales)
    await platform.deployment.apply(app.id)


async def _finish(platform: Platform, app: App, setup: Setup, wanted: Manifest) -> None:
    """Run the postdeploy script."""
    found = platform.deployment.runtime(apps.find(platform, app.id))
    if wanted.postdeploy is None or found is None:
        return
    lines: list[str] = []
    status = await platform.machines.dynos.run(
        found[0], wanted.postdeploy, POSTDEPLOY, lines.append
    )
    output = "".join(f"{line}\n" for line in lines)
    platform.change(setup, postdeploy={"output": output, "exit_code": status})
    if status:
        raise SetupFailed(f"The postdeploy script ended with {status}.")


def _success_url(platform: Platform, app: App, wanted: Manifest) -> str:
    return urljoin(apps.address(platform, app), wanted.success_url or "")
