"""Runs the tests of a pipeline: in an app of their own, which is gone when they have ended."""

from __future__ import annotations

import asyncio

from localheroku.api.apps.models import App, NewApp
from localheroku.api.apps.setups.app_json import FILE, ManifestRefused
from localheroku.api.apps.setups.models import SUCCEEDED, Setup
from localheroku.api.builds.models import Build, NewBuild
from localheroku.api.pipelines import models as pipelines
from localheroku.api.pipelines.models import Pipeline
from localheroku.api.pipelines.test_runs import models
from localheroku.api.pipelines.test_runs.models import NewTestRun, TestRun
from localheroku.core.errors import ApiError
from localheroku.platform import Platform
from localheroku.workflows import app_setups
from localheroku.workflows.app_setups import Order
from localheroku.workflows.builds import SourceUnreadable

STAGE = "test"
NODE = "test.1"


class RunErrored(Exception):
    """The tests cannot run; the text says why."""


def start(platform: Platform, pipeline: Pipeline, new: NewTestRun) -> TestRun:
    """A run that goes on in the background."""
    run = models.add(platform, pipeline, new)
    platform.spawn(_run(platform, pipeline, run))
    return run


async def tell(platform: Platform, run: TestRun, status: str, message: str | None) -> TestRun:
    """Another status from now on; with one that ends it, its app goes."""
    told = platform.change(run, status=status, message=message)
    if status in models.ENDED:
        await _clean_up(platform, run)
    return told


def fail_interrupted(platform: Platform) -> None:
    """Runs that an earlier run of the server left will not go on; their apps go."""
    for run in platform.store.every(TestRun):
        if run.status in models.DOING:
            platform.change(run, status="errored", message=models.INTERRUPTED)
            platform.spawn(_clean_up(platform, run))


async def _run(platform: Platform, pipeline: Pipeline, run: TestRun) -> None:
    try:
        await _test(platform, pipeline, run)
    except (ApiError, ManifestRefused, RunErrored, SourceUnreadable) as error:
        _settle(platform, run, "errored", message=str(error))
    finally:
        for key in (run.setup, run.output):
            platform.outputs.finish(key)
        await _clean_up(platform, run)


async def _test(platform: Platform, pipeline: Pipeline, run: TestRun) -> None:
    order = _order(pipeline, run)
    script = (await app_setups.wanted_by(order)).test
    if script is None:
        raise RunErrored(f"There is no test script: write scripts.test into {FILE}.")
    _settle(platform, run, "creating")
    begun = await app_setups.start(platform, order)
    platform.change(run, app_id=begun.app.id)
    _settle(platform, run, "building")
    await asyncio.wait([begun.work])
    await _check_setup(platform, run, begun.setup)
    _settle(platform, run, "running")
    found = platform.deployment.runtime(begun.app)
    if found is None:
        raise RunErrored("The app of the test run is gone.")
    status = await platform.machines.dynos.run(
        found[0], script, NODE, lambda line: platform.outputs.write(run.output, line)
    )
    _settle(platform, run, "failed" if status else "succeeded", exit_code=status)


def _order(pipeline: Pipeline, run: TestRun) -> Order:
    """https://devcenter.heroku.com/articles/heroku-ci#immutable-environment-variables"""
    return Order(
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


async def _check_setup(platform: Platform, run: TestRun, begun: Setup) -> None:
    """Keep what the build said.  Raises RunErrored when the setup failed."""
    setup = platform.store.find(Setup, begun.id)
    build = platform.store.find(Build, setup.build_id) if setup and setup.build_id else None
    if build:
        for line in platform.outputs.written(build.output).splitlines():
            platform.outputs.write(run.setup, line)
    if setup is None or setup.status != SUCCEEDED:
        raise RunErrored((setup and setup.failure_message) or "The app of the test run is gone.")


def _settle(
    platform: Platform,
    run: TestRun,
    status: str,
    message: str | None = None,
    exit_code: int | None = None,
) -> None:
    if models.goes_on(platform, run):
        platform.change(run, status=status, message=message, exit_code=exit_code)


async def _clean_up(platform: Platform, run: TestRun) -> None:
    present = platform.store.find(TestRun, run.id) or run
    app = platform.store.find(App, present.app_id or "")
    if app:
        await platform.deployment.remove(app)
