"""Pipelines, the apps coupled to their stages, and the config vars of test and review stages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from localheroku.api.account import models as accounts
from localheroku.api.apps.models import App
from localheroku.api.pipelines.errors import (
    CouplingNotFoundError,
    CouplingTakenError,
    GenerationError,
    NameFormError,
    NameTakenError,
    OwnerError,
    PipelineNotFoundError,
    StageError,
    StageVarsError,
)
from localheroku.api.teams import models as teams
from localheroku.api.teams.errors import TeamNotFoundError
from localheroku.core.record import Record
from localheroku.core.state import Document, State

NAME = re.compile(r"[a-z][a-z0-9-]{2,29}")
STAGES = ("test", "review", "development", "staging", "production")
STAGES_WITH_VARS = ("test", "review")
GENERATION = "cedar"


@dataclass(frozen=True, kw_only=True)
class Pipeline(Record):
    """`stage_vars` are config vars by stage."""

    name: str
    owner_id: str
    owner_type: str
    stage_vars: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class Coupling(Record):
    """Its parent is the app: it goes when the app or the pipeline goes."""

    pipeline_id: str
    stage: str


def find(platform: State, identity: str) -> Pipeline:
    """The pipeline of that id or name.  Raises PipelineNotFoundError."""
    store = platform.store
    pipeline = store.find(Pipeline, identity) or store.named(Pipeline, name=identity)
    if pipeline is None:
        raise PipelineNotFoundError
    return pipeline


def create(platform: State, name: str, owner: Mapping[str, str] | None) -> Pipeline:
    owner_id, owner_type = _owner(platform, owner)
    return platform.store.put(
        Pipeline(
            **platform.stamp(),
            name=_free_name(platform, name),
            owner_id=owner_id,
            owner_type=owner_type,
        )
    )


def check_generation(name: str) -> None:
    if name != GENERATION:
        raise GenerationError(generation=name, known=GENERATION)


def rename(platform: State, pipeline: Pipeline, name: str) -> Pipeline:
    return (
        pipeline
        if name == pipeline.name
        else platform.change(pipeline, name=_free_name(platform, name))
    )


def remove(platform: State, pipeline: Pipeline) -> None:
    """Its apps stay, uncoupled."""
    with platform.store.transaction():
        for coupling in couplings(platform, pipeline):
            platform.store.remove(coupling)
        platform.store.remove(pipeline)


def set_stage_vars(
    platform: State, pipeline: Pipeline, stage: str, changes: Mapping[str, str | None]
) -> dict[str, str]:
    """Set or, where the value is None, remove."""
    after: dict[str, str | None] = {**stage_vars(pipeline, stage), **changes}
    kept = {key: value for key, value in after.items() if value is not None}
    platform.change(pipeline, stage_vars={**pipeline.stage_vars, stage: kept})
    return kept


def stage_vars(pipeline: Pipeline, stage: str) -> dict[str, str]:
    if stage not in STAGES_WITH_VARS:
        raise StageVarsError
    return pipeline.stage_vars.get(stage, {})


def couplings(platform: State, pipeline: Pipeline | None = None) -> list[Coupling]:
    """All, or those of a pipeline."""
    every = platform.store.every(Coupling)
    return [c for c in every if pipeline is None or c.pipeline_id == pipeline.id]


def find_coupling(platform: State, identity: str) -> Coupling:
    coupling = platform.store.find(Coupling, identity)
    if coupling is None:
        raise CouplingNotFoundError
    return coupling


def coupling_of(platform: State, app: App) -> Coupling:
    """The app's only coupling.  Raises CouplingNotFoundError."""
    for coupling in platform.store.every(Coupling, parent=app.id):
        return coupling
    raise CouplingNotFoundError


def couple(platform: State, app: App, pipeline: Pipeline, stage: str) -> Coupling:
    _check_stage(stage)
    if platform.store.every(Coupling, parent=app.id):
        raise CouplingTakenError(app=app.name)
    return platform.store.put(
        Coupling(**platform.stamp(), parent=app.id, pipeline_id=pipeline.id, stage=stage)
    )


def move(platform: State, coupling: Coupling, stage: str) -> Coupling:
    _check_stage(stage)
    return platform.change(coupling, stage=stage)


def uncouple(platform: State, app: App) -> None:
    """Take the app out of its pipeline, if it is in one."""
    for coupling in platform.store.every(Coupling, parent=app.id):
        platform.store.remove(coupling)


def _check_stage(stage: str) -> None:
    if stage not in STAGES:
        raise StageError(stage=stage, known=", ".join(STAGES))


def _free_name(platform: State, name: str) -> str:
    if NAME.fullmatch(name) is None:
        raise NameFormError
    if platform.store.named(Pipeline, name=name):
        raise NameTakenError
    return name


def _owner(platform: State, owner: Mapping[str, str] | None) -> tuple[str, str]:
    account = accounts.current(platform)
    if owner is None or (owner.get("type"), owner.get("id")) == ("user", account.id):
        return account.id, "user"
    try:
        if owner.get("type") == "team":
            return teams.find(platform, owner.get("id", "")).id, "team"
    except TeamNotFoundError:
        raise OwnerError from None
    raise OwnerError


def document(pipeline: Pipeline) -> Document:
    return {
        "id": pipeline.id,
        "name": pipeline.name,
        "owner": {"id": pipeline.owner_id, "type": pipeline.owner_type},
        "created_at": pipeline.created_at,
        "updated_at": pipeline.updated_at,
    }


def coupling_document(platform: State, coupling: Coupling) -> Document:
    pipeline = find(platform, coupling.pipeline_id)
    return {
        "id": coupling.id,
        "app": {"id": coupling.parent},
        "pipeline": {"id": pipeline.id, "name": pipeline.name},
        "stage": coupling.stage,
        "created_at": coupling.created_at,
        "updated_at": coupling.updated_at,
    }
