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
    PipelineGenerationError,
    PipelineNameFormError,
    PipelineNameTakenError,
    PipelineNotFoundError,
    PipelineOwnerError,
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
    """A pipeline; `stage_vars` maps stages to config vars."""

    name: str
    owner_id: str
    owner_type: str
    stage_vars: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class Coupling(Record):
    """The stage of an app in a pipeline. The parent record is the app.

    The coupling is removed with the app or the pipeline.
    """

    pipeline_id: str
    stage: str


def find(state: State, identity: str) -> Pipeline:
    """Return the pipeline with an id or name.

    Raises:
        PipelineNotFoundError: There is no such pipeline.
    """
    store = state.store
    pipeline = store.find(Pipeline, identity) or store.named(Pipeline, name=identity)
    if pipeline is None:
        raise PipelineNotFoundError
    return pipeline


def create(state: State, name: str, owner: Mapping[str, str] | None) -> Pipeline:
    owner_id, owner_type = _owner(state, owner)
    return state.store.put(
        Pipeline(
            **state.stamp(),
            name=_free_name(state, name),
            owner_id=owner_id,
            owner_type=owner_type,
        )
    )


def check_generation(name: str) -> None:
    if name != GENERATION:
        raise PipelineGenerationError(generation=name, known=GENERATION)


def rename(state: State, pipeline: Pipeline, name: str) -> Pipeline:
    return (
        pipeline if name == pipeline.name else state.change(pipeline, name=_free_name(state, name))
    )


def remove(state: State, pipeline: Pipeline) -> None:
    """Remove the pipeline and keep its apps."""
    with state.store.transaction():
        for coupling in couplings(state, pipeline):
            state.store.remove(coupling)
        state.store.remove(pipeline)


def set_stage_vars(
    state: State, pipeline: Pipeline, stage: str, changes: Mapping[str, str | None]
) -> dict[str, str]:
    """Set config vars of a stage, or remove those whose value is None."""
    after: dict[str, str | None] = {**stage_vars(pipeline, stage), **changes}
    values = {key: value for key, value in after.items() if value is not None}
    state.change(pipeline, stage_vars={**pipeline.stage_vars, stage: values})
    return values


def stage_vars(pipeline: Pipeline, stage: str) -> dict[str, str]:
    if stage not in STAGES_WITH_VARS:
        raise StageVarsError
    return pipeline.stage_vars.get(stage, {})


def couplings(state: State, pipeline: Pipeline | None = None) -> list[Coupling]:
    """Return all couplings, or those of a pipeline."""
    every = state.store.every(Coupling)
    return [c for c in every if pipeline is None or c.pipeline_id == pipeline.id]


def find_coupling(state: State, identity: str) -> Coupling:
    coupling = state.store.find(Coupling, identity)
    if coupling is None:
        raise CouplingNotFoundError
    return coupling


def coupling_of(state: State, app: App) -> Coupling:
    """Return the app's only coupling.

    Raises:
        CouplingNotFoundError: The app is not in a pipeline.
    """
    for coupling in state.store.every(Coupling, parent=app.id):
        return coupling
    raise CouplingNotFoundError


def couple(state: State, app: App, pipeline: Pipeline, stage: str) -> Coupling:
    _check_stage(stage)
    if state.store.every(Coupling, parent=app.id):
        raise CouplingTakenError(app=app.name)
    return state.store.put(
        Coupling(**state.stamp(), parent=app.id, pipeline_id=pipeline.id, stage=stage)
    )


def move(state: State, coupling: Coupling, stage: str) -> Coupling:
    _check_stage(stage)
    return state.change(coupling, stage=stage)


def uncouple(state: State, app: App) -> None:
    """Remove the app from its pipeline, if it is in one."""
    for coupling in state.store.every(Coupling, parent=app.id):
        state.store.remove(coupling)


def _check_stage(stage: str) -> None:
    if stage not in STAGES:
        raise StageError(stage=stage, known=", ".join(STAGES))


def _free_name(state: State, name: str) -> str:
    if NAME.fullmatch(name) is None:
        raise PipelineNameFormError
    if state.store.named(Pipeline, name=name):
        raise PipelineNameTakenError
    return name


def _owner(state: State, owner: Mapping[str, str] | None) -> tuple[str, str]:
    account = accounts.current(state)
    if owner is None or (owner.get("type"), owner.get("id")) == ("user", account.id):
        return account.id, "user"
    try:
        if owner.get("type") == "team":
            return teams.find(state, owner.get("id", "")).id, "team"
    except TeamNotFoundError:
        raise PipelineOwnerError from None
    raise PipelineOwnerError


def document(pipeline: Pipeline) -> Document:
    return {
        "id": pipeline.id,
        "name": pipeline.name,
        "owner": {"id": pipeline.owner_id, "type": pipeline.owner_type},
        "created_at": pipeline.created_at,
        "updated_at": pipeline.updated_at,
    }


def coupling_document(state: State, coupling: Coupling) -> Document:
    pipeline = find(state, coupling.pipeline_id)
    return {
        "id": coupling.id,
        "app": {"id": coupling.parent},
        "pipeline": {"id": pipeline.id, "name": pipeline.name},
        "stage": coupling.stage,
        "created_at": coupling.created_at,
        "updated_at": coupling.updated_at,
    }
