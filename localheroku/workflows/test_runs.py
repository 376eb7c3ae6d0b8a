"""Runs the tests of a pipeline in an app of their own, which is then removed."""

from __future__ import annotations

import asyncio

from localheroku.api.apps.models import App, NewApp
from localheroku.api.apps.setups.app_json import FILE, ManifestRefused
from localheroku.api.apps.setups.models import SUCCEEDED, AppSetup
from localheroku.api.builds.models import Build, NewBuild
from localheroku.api.dynos import runtime
from localheroku.api.pipelines import models as pipelines
from localheroku.api.pipelines.models import Pipeline
from localheroku.api.pipelines.test_runs import models
from localheroku.api.pipelines.test_runs.models import NewTestRun, TestRun
from localheroku.core.errors import ApiError
from localheroku.core.state import State
from localheroku.workflows import app_setups
from localheroku.workflows.app_setups import AppSetups, SetupRequest
from localheroku.workflows.builds import SourceUnreadable
from localheroku.workflows.removal import Removal

STAGE = "test"
NODE = "test.1"


class RunErrored(Exception):
    """The tests cannot run; the text says why."""


class TestRuns:
    """The test runs of all pipelines."""

    def __init__(self, state: State, app_setups: AppSetups, removal: Removal) -> None:
        self._state = state
        self._app_setups = app_setups
        self._removal = removal

    def start(self, pipeline: Pipeline, new: NewTestRun) -> TestRun:
        """Start a run in the background."""
        run = models.add(self._state, pipeline, new)
        self._state.spawn(self._run(pipeline, run))
        return run

    async def set_status(self, run: TestRun, status: str, message: str | None) -> TestRun:
        """Set the run's status; a status that ends the run removes its app."""
        changed = self._state.change(run, status=status, message=message)
        if status in models.ENDED:
            await self._clean_up(run)
        return changed

    def end_interrupted(self) -> None:
        """Fail the test runs that an earlier run did not finish, and remove their apps."""
        for run in self._state.store.every(TestRun):
            if run.status in models.ONGOING:
                self._state.change(run, status="errored", message=models.INTERRUPTED)
                self._state.spawn(self._clean_up(run))

    async def _run(self, pipeline: Pipeline, run: TestRun) -> None:
        try:
            await self._test(pipeline, run)
        except (ApiError, ManifestRefused, RunErrored, SourceUnreadable) as error:
            self._settle(run, "errored", message=str(error))
        finally:
            for key in (run.setup, run.output):
                self._state.outputs.finish(key)
            await self._clean_up(run)

    async def _test(self, pipeline: Pipeline, run: TestRun) -> None:
        request = _setup_request(pipeline, run)
        script = (await app_setups.read_manifest(request)).test
        if script is None:
            raise RunErrored(f"There is no test script: add scripts.test to {FILE}.")
        self._settle(run, "creating")
        running = await self._app_setups.start(request)
        self._state.change(run, app_id=running.app.id)
        self._settle(run, "building")
        await asyncio.wait([running.task])
        await self._check_setup(run, running.setup)
        self._settle(run, "running")
        found = runtime.released(self._state, running.app)
        if found is None:
            raise RunErrored("The app of the test run no longer exists.")
        status = await self._state.backends.dynos.run(
            found[0], script, NODE, lambda line: self._state.outputs.write(run.output, line)
        )
        self._settle(run, "failed" if status else "succeeded", exit_code=status)

    async def _check_setup(self, run: TestRun, started: AppSetup) -> None:
        """Keep the output of the build.

        Raises:
            RunErrored: the setup failed.
        """
        setup = self._state.store.find(AppSetup, started.id)
        build = self._state.store.find(Build, setup.build_id) if setup and setup.build_id else None
        if build:
            for line in self._state.outputs.text_so_far(build.output).splitlines():
                self._state.outputs.write(run.setup, line)
        if setup is None or setup.status != SUCCEEDED:
            raise RunErrored(
                (setup and setup.failure_message) or "The app of the test run no longer exists."
            )

    def _settle(
        self,
        run: TestRun,
        status: str,
        message: str | None = None,
        exit_code: int | None = None,
    ) -> None:
        if models.is_ongoing(self._state, run):
            self._state.change(run, status=status, message=message, exit_code=exit_code)

    async def _clean_up(self, run: TestRun) -> None:
        present = self._state.store.find(TestRun, run.id) or run
        app = self._state.store.find(App, present.app_id or "")
        if app:
            await self._removal.remove_app(app)


def _setup_request(pipeline: Pipeline, run: TestRun) -> SetupRequest:
    """Return the setup of the run's app.

    https://devcenter.heroku.com/articles/heroku-ci#immutable-environment-variables
    """
    return SetupRequest(
        app=NewApp(team=pipeline.owner_id if pipeline.owner_type == "team" else None),
        source=NewBuild(url=run.source, commit=run.sha),
        env={
            **pipelines.stage_vars(pipeline, STAGE),
            "CI": "true",
            "HEROKU_TEST_RUN_ID": run.id,
            "HEROKU_TEST_RUN_BRANCH": run.branch,
            "HEROKU_TEST_RUN_COMMIT_VERSION": run.sha,
        },
        environment=STAGE,
    )
