"""Endpoints for pipelines and couplings.

https://devcenter.heroku.com/articles/platform-api-reference#pipeline
"""

from __future__ import annotations

from localheroku.api.apps import models as apps
from localheroku.api.endpoint import Call, Endpoint
from localheroku.api.pipelines import models
from localheroku.api.teams import models as teams
from localheroku.auth import authorization, rights
from localheroku.core import body_schema
from localheroku.core.body_schema import OBJECT, REFERENCE, TEXT, reference
from localheroku.core.state import Document

OWNER = {"id": TEXT.must(), "type": TEXT.must()}


async def create(call: Call) -> Document:
    owner = call.body.get("owner")
    if owner is not None:
        body_schema.check(owner, OWNER)
    if "generation" in call.body:
        models.check_generation(reference(call.body["generation"]))
    with call.platform.store.transaction():
        pipeline = models.create(call.platform, call.body["name"], owner)
        if pipeline.owner_type == "team":
            authorization.require_in_team(call.platform, pipeline.owner_id, rights.CREATE_PIPELINES)
    return models.document(pipeline)


async def listing(call: Call) -> list[Document]:
    """Return all pipelines, or those with the name that the Heroku CLI sends as `?eq[name]=`."""
    name = call.query.get("eq[name]")
    visible = authorization.visible_pipelines(call.platform, rights.VIEW_PIPELINE)
    return [models.document(pipeline) for pipeline in visible if name in (None, pipeline.name)]


async def info(call: Call) -> Document:
    return models.document(_pipeline(call))


async def update(call: Call) -> Document:
    pipeline = _pipeline(call)
    return models.document(
        models.rename(call.platform, pipeline, call.body.get("name", pipeline.name))
    )


async def remove(call: Call) -> Document:
    pipeline = _pipeline(call)
    models.remove(call.platform, pipeline)
    return models.document(pipeline)


async def stage_vars(call: Call) -> dict[str, str]:
    return models.stage_vars(_pipeline(call), call.path["stage"])


async def set_stage_vars(call: Call) -> dict[str, str]:
    body_schema.check(call.body, dict.fromkeys(call.body, TEXT.or_null()))
    return models.set_stage_vars(call.platform, _pipeline(call), call.path["stage"], call.body)


async def couple(call: Call) -> Document:
    app = apps.find(call.platform, reference(call.body["app"]))
    pipeline = models.find(call.platform, reference(call.body["pipeline"]))
    authorization.require_in_pipeline(call.platform, pipeline, rights.USE_PIPELINE)
    coupling = models.couple(call.platform, app, pipeline, call.body["stage"])
    return models.coupling_document(call.platform, coupling)


async def couplings(call: Call) -> list[Document]:
    return [models.coupling_document(call.platform, c) for c in _visible_couplings(call)]


async def couplings_of_pipeline(call: Call) -> list[Document]:
    """Return the pipeline's couplings with apps that the caller can view."""
    pipeline = _pipeline(call)
    return [
        models.coupling_document(call.platform, coupling)
        for coupling in _visible_couplings(call)
        if coupling.pipeline_id == pipeline.id
    ]


async def couplings_of_team(call: Call) -> list[Document]:
    team = teams.find(call.platform, call.path["team"])
    return [
        models.coupling_document(call.platform, coupling)
        for coupling in _visible_couplings(call)
        if apps.find(call.platform, coupling.parent or "").team_id == team.id
    ]


async def coupling(call: Call) -> Document:
    found = models.find_coupling(call.platform, call.path["coupling"])
    return models.coupling_document(call.platform, found)


async def coupling_of_app(call: Call) -> Document:
    app = apps.find(call.platform, call.path["app"])
    return models.coupling_document(call.platform, models.coupling_of(call.platform, app))


async def move(call: Call) -> Document:
    found = models.find_coupling(call.platform, call.path["coupling"])
    stage = call.body.get("stage", found.stage)
    return models.coupling_document(call.platform, models.move(call.platform, found, stage))


async def uncouple(call: Call) -> Document:
    found = models.find_coupling(call.platform, call.path["coupling"])
    call.platform.store.remove(found)
    return models.coupling_document(call.platform, found)


def _visible_couplings(call: Call) -> list[models.Coupling]:
    visible = {app.id for app in authorization.visible_apps(call.platform, rights.VIEW)}
    return [one for one in models.couplings(call.platform) if one.parent in visible]


def _pipeline(call: Call) -> models.Pipeline:
    return models.find(call.platform, call.path["pipeline"])


NEW = {"name": TEXT.must(), "owner": OBJECT.or_null(), "generation": REFERENCE}
COUPLING = {"app": REFERENCE.must(), "pipeline": REFERENCE.must(), "stage": TEXT.must()}
STAGE_VARS = "/pipelines/{pipeline}/stage/{stage}/config-vars"
LIST = ("id", "name")
COUPLINGS = ("id",)

ROUTES = [
    Endpoint("POST   /pipelines", create, status=201, takes=NEW, needs=rights.KEY),
    Endpoint("GET    /pipelines", listing, order_by=LIST, needs=rights.KEY),
    Endpoint("GET    /pipelines/{pipeline}", info, needs=rights.VIEW_PIPELINE),
    Endpoint(
        "PATCH  /pipelines/{pipeline}", update, takes={"name": TEXT}, needs=rights.MANAGE_PIPELINE
    ),
    Endpoint(
        "DELETE /pipelines/{pipeline}", remove, takes={"name": TEXT}, needs=rights.MANAGE_PIPELINE
    ),
    Endpoint(f"GET   {STAGE_VARS}", stage_vars, needs=rights.USE_PIPELINE),
    Endpoint(f"PATCH {STAGE_VARS}", set_stage_vars, takes=None, needs=rights.USE_PIPELINE),
    Endpoint("POST   /pipeline-couplings", couple, status=201, takes=COUPLING, needs=rights.COUPLE),
    Endpoint("GET    /pipeline-couplings", couplings, order_by=COUPLINGS, needs=rights.KEY),
    Endpoint("GET    /pipeline-couplings/{coupling}", coupling, needs=rights.VIEW),
    Endpoint(
        "PATCH  /pipeline-couplings/{coupling}", move, takes={"stage": TEXT}, needs=rights.COUPLE
    ),
    Endpoint("DELETE /pipeline-couplings/{coupling}", uncouple, needs=rights.COUPLE),
    Endpoint(
        "GET /pipelines/{pipeline}/pipeline-couplings",
        couplings_of_pipeline,
        order_by=COUPLINGS,
        needs=rights.VIEW_PIPELINE,
    ),
    Endpoint("GET /users/~/pipeline-couplings", couplings, order_by=COUPLINGS, needs=rights.KEY),
    Endpoint(
        "GET /teams/{team}/pipeline-couplings",
        couplings_of_team,
        order_by=COUPLINGS,
        needs=rights.VIEW_TEAM,
    ),
    Endpoint("GET /apps/{app}/pipeline-couplings", coupling_of_app, needs=rights.VIEW),
]
