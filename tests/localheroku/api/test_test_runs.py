"""Test runs of a pipeline."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit

import pytest

from localheroku.api.pipelines.test_runs import models
from tests.localheroku.api.test_app_setups import packed
from tests.localheroku.client import Api
from tests.localheroku.dynos.slugs import until

TESTED = {"environments": {"test": {"scripts": {"test": "exit 0"}}}}
COMMIT = {"commit_branch": "main", "commit_sha": "1f2e3d", "commit_message": "Sell"}


async def start_run(api: Api, app_json: object = None, **fields: object) -> Any:
    """Start a test run in a new pipeline."""
    urls = (await api.post("/sources"))["source_blob"]
    async with api.session.put(urls["put_url"], data=packed(app_json)) as response:
        assert response.status == 200
    if not await api.get("/pipelines"):
        await api.post("/pipelines", {"name": "acme"})
    body = {**COMMIT, "pipeline": "acme", "source_blob_url": urls["get_url"], **fields}
    return await api.post("/test-runs", body)


async def ended(api: Api, run: Any) -> Any:
    for _ in range(1000):
        details = await api.get(f"/test-runs/{run['id']}")
        if details["status"] in models.ENDED:
            return details
        await asyncio.sleep(0.01)
    raise AssertionError(details)


async def tap_output(api: Api, url: str) -> str:
    """Return the text at an HTTPS URL of the local Heroku, read over HTTP."""
    assert url.startswith("https://127.0.0.1:")
    return await api.text(f"{api.url}{urlsplit(url).path}?{urlsplit(url).query}")


async def gone(api: Api) -> None:
    for _ in range(500):
        if await api.get("/apps") == []:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(await api.get("/apps"))


async def test_the_tests_run_in_a_temporary_app(api: Api) -> None:
    await api.post("/pipelines", {"name": "acme"})
    await api.patch("/pipelines/acme/stage/test/config-vars", {"A": "1"})
    api.backends.dynos.gate.clear()

    made = await start_run(api, TESTED)

    assert (made["status"], made["number"], made["commit_branch"]) == ("pending", 1, "main")
    await until(lambda: api.backends.dynos.ran == [("test.1", "exit 0")])
    assert (await api.get("/pipelines/acme/test-runs/1"))["status"] == "running"
    assert api.backends.dynos.last_runtime
    env = api.backends.dynos.last_runtime.env
    assert (env["A"], env["CI"], env["HEROKU_TEST_RUN_BRANCH"]) == ("1", "true", "main")
    api.backends.dynos.gate.set()
    run = await ended(api, made)
    assert (run["status"], run["message"]) == ("succeeded", None)
    (node,) = await api.get(f"/test-runs/{made['id']}/test-nodes")
    assert (node["status"], node["exit_code"]) == ("succeeded", 0)
    await gone(api)
    assert "Discovering process types" in await tap_output(api, node["setup_stream_url"])
    assert await tap_output(api, node["output_stream_url"]) == "running exit 0\n"
    assert await api.get("/pipelines/acme/test-runs") == [run]
    assert await api.get(f"/test-runs/{made['id']}/test-cases") == []


async def test_failed_tests_fail_the_run(api: Api) -> None:
    run = await start_run(api, {"scripts": {"test": "exit 2"}})

    assert (await ended(api, run))["status"] == "failed"
    (node,) = await api.get(f"/test-runs/{run['id']}/test-nodes")
    assert node["exit_code"] == 2
    assert (await start_run(api, TESTED))["number"] == 2


@pytest.mark.parametrize(
    ("app_json", "message"),
    [
        (None, "There is no test script: add scripts.test to app.json."),
        ("{", "app.json is not JSON"),
        ({**TESTED, "addons": ["none"]}, "Couldn't find either the add-on service"),
    ],
)
async def test_errors_that_prevent_the_tests_are_reported(
    api: Api, app_json: object, message: str
) -> None:
    run = await ended(api, await start_run(api, app_json))

    assert run["status"] == "errored"
    assert run["message"].startswith(message)
    await gone(api)


async def test_a_run_is_canceled(api: Api) -> None:
    api.backends.builder.gate.clear()
    made = await start_run(api, TESTED)
    await until(lambda: api.backends.builder.env != {})
    path = f"/test-runs/{made['id']}"

    assert (await api.refusal("PATCH", path, {"status": "lost", "message": None}))[0] == 422
    answer = await api.patch(path, {"status": "cancelled", "message": "Not now."})

    assert (answer["status"], answer["message"]) == ("cancelled", "Not now.")
    await gone(api)
    assert (await api.get(path))["status"] == "cancelled"


async def test_an_interrupted_run_leaves_no_app(api: Api) -> None:
    api.backends.builder.gate.clear()
    made = await start_run(api, TESTED)
    await until(lambda: api.backends.builder.env != {})

    api.heroku.platform.test_runs.end_interrupted()

    run = await ended(api, made)
    assert (run["status"], run["message"]) == ("errored", models.INTERRUPTED)
    await gone(api)


def test_cases_are_read_from_the_output_of_the_tests() -> None:
    output = "1..3\nok 1 - sells\nnot ok 2 - pays # TODO soon\n# no\nok\nokay then\n"
    run = models.TestRun(
        id="run",
        created_at="",
        updated_at="",
        number=1,
        user_id="",
        branch="",
        sha="",
        commit_message="",
        source="",
        team_id=None,
        debug=False,
        setup="",
        output="",
    )

    cases = models.case_documents(run, output)

    assert [(c["number"], c["description"], c["directive"], c["passed"]) for c in cases] == [
        (1, "sells", "", True),
        (2, "pays", "TODO soon", False),
        (3, "", "", True),
    ]


async def test_an_unknown_run_is_not_found(api: Api) -> None:
    await api.post("/pipelines", {"name": "acme"})

    for path in ("/test-runs/none", "/test-runs/none/test-cases", "/pipelines/acme/test-runs/1"):
        assert (await api.refusal("GET", path))[:2] == (404, "not_found")
