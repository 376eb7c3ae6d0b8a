"""Sets up apps as their app.json says: config vars, add-ons, build, dynos, postdeploy script."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urljoin

from localheroku.api.addons.models import NewAddon
from localheroku.api.apps import creation as app_creation
from localheroku.api.apps import models as apps
from localheroku.api.apps.config_vars import models as config_vars
from localheroku.api.apps.models import App, NewApp
from localheroku.api.apps.setups import app_json, models
from localheroku.api.apps.setups.app_json import Manifest, ManifestRefused
from localheroku.api.apps.setups.models import FAILED, SUCCEEDED, AppSetup
from localheroku.api.builds.buildpacks import models as buildpacks
from localheroku.api.builds.models import NewBuild
from localheroku.api.builds.releases import creation as releases
from localheroku.api.dynos import runtime
from localheroku.api.dynos.formation import models as formation
from localheroku.api.dynos.formation.models import ScaleRequest
from localheroku.core.errors import ApiError
from localheroku.core.state import State
from localheroku.workflows import addon_provisioning
from localheroku.workflows.builds import Builds, SourceUnreadable, fetch
from localheroku.workflows.deployment import Deployment

POSTDEPLOY = "postdeploy.1"


class SetupFailed(Exception):
    """The setup cannot continue; the text says why."""


@dataclass(frozen=True)
class SetupRequest:
    """What to set up; `env` and `buildpacks` override those of app.json.

    `environment` names one of the environments in app.json.
    """

    app: NewApp
    source: NewBuild
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    buildpacks: list[str] = field(default_factory=list)
    environment: str | None = None


@dataclass(frozen=True)
class RunningSetup:
    """A setup that continues until its work is done."""

    app: App
    setup: AppSetup
    task: asyncio.Task[object]


class AppSetups:
    """Sets up apps in the background."""

    def __init__(self, state: State, deployment: Deployment, builds: Builds) -> None:
        self._state = state
        self._deployment = deployment
        self._builds = builds

    async def start(self, request: SetupRequest) -> RunningSetup:
        """Create the app at once and set it up in the background."""
        app = app_creation.create(self._state, request.app)
        setup = models.add(self._state, app)
        return RunningSetup(app, setup, self._state.spawn(self._run(app, setup, request)))

    async def _run(self, app: App, setup: AppSetup, request: SetupRequest) -> None:
        try:
            manifest = await read_manifest(request)
            await self._prepare(app, manifest, request)
            await self._build(app, setup, request)
            await self._scale(app, manifest)
            await self._finish(app, setup, manifest)
            self._state.change(
                setup, status=SUCCEEDED, success_url=self._success_url(app, manifest)
            )
        except ManifestRefused as error:
            self._fail(setup, f"invalid {app_json.FILE}", error.errors)
        except (ApiError, SetupFailed, SourceUnreadable) as error:
            self._fail(setup, str(error))
        except BaseException:
            self._fail(setup, "The setup was interrupted.")
            raise

    def _fail(self, setup: AppSetup, message: str, errors: list[str] | None = None) -> None:
        self._state.change(
            setup, status=FAILED, failure_message=message, manifest_errors=errors or []
        )

    async def _prepare(self, app: App, manifest: Manifest, request: SetupRequest) -> None:
        if manifest.stack and request.app.stack is None:
            app = apps.update(self._state, app, {"build_stack": manifest.stack})
        if chosen := request.buildpacks or manifest.buildpacks:
            buildpacks.update(self._state, app, chosen)
        with self._state.store.transaction():
            if description := config_vars.update(self._state, app, manifest.env):
                releases.create(self._state, app, description)
        for addon in manifest.addons:
            new = NewAddon(addon.plan, attachment=addon.attachment, config=addon.config)
            await addon_provisioning.provision(self._state, app, new)

    async def _build(self, app: App, setup: AppSetup, request: SetupRequest) -> None:
        present = apps.find(self._state, app.id)
        build = self._builds.start(present, request.source)
        self._state.change(setup, build_id=build.id)
        finished_build = await self._builds.finished(present, build)
        if finished_build.status != SUCCEEDED:
            raise SetupFailed("The build failed: see its output.")

    async def _scale(self, app: App, manifest: Manifest) -> None:
        scales = [ScaleRequest(p.type, p.quantity, p.size) for p in manifest.formation]
        formation.scale(self._state, app, scales)
        await self._deployment.apply(app.id)

    async def _finish(self, app: App, setup: AppSetup, manifest: Manifest) -> None:
        """Run the postdeploy script."""
        found = runtime.released(self._state, apps.find(self._state, app.id))
        if manifest.postdeploy is None or found is None:
            return
        lines: list[str] = []
        status = await self._state.backends.dynos.run(
            found[0], manifest.postdeploy, POSTDEPLOY, lines.append
        )
        output = "".join(f"{line}\n" for line in lines)
        self._state.change(setup, postdeploy={"output": output, "exit_code": status})
        if status:
            raise SetupFailed(f"The postdeploy script exited with status {status}.")

    def _success_url(self, app: App, manifest: Manifest) -> str:
        return urljoin(apps.address(self._state, app), manifest.success_url or "")


async def read_manifest(request: SetupRequest) -> Manifest:
    """Return the contents of app.json.

    Raises:
        ManifestRefused: it is invalid.
        SourceUnreadable: the source cannot be downloaded.
    """
    with TemporaryDirectory() as folder:
        archive = Path(folder) / "source"
        await fetch(request.source.url, request.source.checksum, archive)
        return await asyncio.to_thread(app_json.read, archive, request.env, request.environment)
