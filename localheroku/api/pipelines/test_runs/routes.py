"""Endpoints for test runs.

https://devcenter.heroku.com/articles/platform-api-reference#test-run
"""

from __future__ import annotations

from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.pipelines import models as pipelines
from localheroku.api.pipelines.test_runs import models
from localheroku.api.pipelines.test_runs.models import NewTestRun, TestRun
from localheroku.auth import authorization, rights
from localheroku.auth.rights import PipelineRight
from localheroku.core.body_schema import FLAG, REFERENCE, TEXT, reference
from localheroku.core.state import Document


async def create(call: Call) -> Document:
    body = call.body
    pipeline = pipelines.find(call.platform, reference(body["pipeline"]))
    authorization.require_in_pipeline(call.platform, pipeline, rights.USE_PIPELINE)
    new = NewTestRun(
        branch=body["commit_branch"],
        sha=body["commit_sha"],
        commit_message=body["commit_message"],
        source=body["source_blob_url"],
        team=reference(body["organization"]) if body.get("organization") else None,
        debug=body.get("debug", False),
    )
    return _document(call, call.platform.test_runs.start(pipeline, new))


async def listing(call: Call) -> list[Document]:
    pipeline = pipelines.find(call.platform, call.path["pipeline"])
    every = models.of_pipeline(call.platform, pipeline)
    return [_document(call, run) for run in every]


async def info_of_pipeline(call: Call) -> Document:
    pipeline = pipelines.find(call.platform, call.path["pipeline"])
    run = models.find_numbered(call.platform, pipeline, call.path["number"])
    return _document(call, run)


async def info(call: Call) -> Document:
    return _document(call, _run(call, rights.VIEW_PIPELINE))


async def update(call: Call) -> Document:
    run = _run(call, rights.USE_PIPELINE)
    models.check_status(call.body["status"])
    changed = await call.platform.test_runs.set_status(
        run, call.body["status"], call.body["message"]
    )
    return _document(call, changed)


async def nodes(call: Call) -> list[Document]:
    run = _run(call, rights.VIEW_PIPELINE)
    return [models.node_document(run, await call.platform.https_site.address())]


async def cases(call: Call) -> list[Document]:
    run = _run(call, rights.VIEW_PIPELINE)
    return models.case_documents(run, call.platform.outputs.text_so_far(run.output))


def _document(call: Call, run: TestRun) -> Document:
    pipeline = pipelines.find(call.platform, run.parent or "")
    with_source = authorization.allows_in_pipeline(call.platform, pipeline, rights.USE_PIPELINE)
    return models.document(call.platform, run, with_source=with_source)


def _run(call: Call, right: PipelineRight) -> TestRun:
    run = models.find(call.platform, call.path["run"])
    pipeline = pipelines.find(call.platform, run.parent or "")
    authorization.require_in_pipeline(call.platform, pipeline, right)
    return run


NEW = {
    "commit_branch": TEXT.must(),
    "commit_message": TEXT.must(),
    "commit_sha": TEXT.must(),
    "pipeline": REFERENCE.must(),
    "source_blob_url": TEXT.must(),
    "organization": REFERENCE.or_null(),
    "debug": FLAG,
}
CHANGES = {"status": TEXT.must(), "message": TEXT.or_null().must()}
OF_PIPELINE = "/pipelines/{pipeline}/test-runs"
KEY, VIEW = rights.KEY, rights.VIEW_PIPELINE

ROUTES = [
    Endpoint("POST  /test-runs", create, status=201, takes=NEW, needs=KEY),
    Endpoint("GET   /test-runs/{run}", info, needs=KEY),
    Endpoint("PATCH /test-runs/{run}", update, takes=CHANGES, needs=KEY),
    Endpoint("GET   /test-runs/{run}/test-nodes", nodes, order_by=("index",), needs=KEY),
    Endpoint("GET   /test-runs/{run}/test-cases", cases, order_by=("number", "id"), needs=KEY),
    Endpoint(f"GET   {OF_PIPELINE}", listing, order_by=("number", "id"), needs=VIEW),
    Endpoint(f"GET   {OF_PIPELINE}/{{number}}", info_of_pipeline, needs=VIEW),
]
