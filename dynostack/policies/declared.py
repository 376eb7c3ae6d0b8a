"""Conversion of a declared resource to the sections of an environment's file.

With it, each rule in `dynostack/environment/rules` has one implementation: it checks the file
before anything runs, and here it checks the resources that the program declares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from pulumi_policy import ResourceValidationArgs
from pulumi_policy.proxy import UnknownValueError

from dynostack.environment import examine
from dynostack.environment.catalogue import POSTGRES_SERVICE
from dynostack.environment.diagnostics.rule import RuleContext, Sections


def context(args: ResourceValidationArgs) -> RuleContext:
    """Return the context of a file that has only the resource and the stage of the pipeline."""
    stack, project = _stack_and_project(args.urn)
    sections = {**_stage(stack), **SECTIONS.get(args.resource_type, _nothing)(args)}
    return RuleContext(
        stack=stack,
        project=project,
        file=sections,
        directory=Path.cwd(),
        today=datetime.now(UTC).date(),
    )


def _stack_and_project(urn: str) -> tuple[str, str]:
    _, stack, project, *_ = urn.replace("::", ":").removeprefix("urn:").split(":")
    return stack, project


@cache
def _stage(stack: str) -> Sections:
    """Return the section with the stage, from the stack's file.

    The engine starts a pack in the project's folder, where the file is.
    """
    environment = examine(stack).environment
    pipeline = environment.pipeline if environment else None
    return {"pipeline": {"stage": pipeline.stage}} if pipeline else {}


def _addon(args: ResourceValidationArgs) -> Sections:
    service, _, plan = str(args.props["plan"]).partition(":")
    if service != POSTGRES_SERVICE:
        return {}
    return {"postgres": {"plan": plan, "protect": args.opts.protect}}


def _app(args: ResourceValidationArgs) -> Sections:
    config_vars = _known(args.props).get("configVars")
    return {"app": {"configVars": _known(config_vars) if isinstance(config_vars, Mapping) else {}}}


def _nothing(_: ResourceValidationArgs) -> Sections:
    return {}


def _known(values: Mapping[str, Any]) -> Sections:
    """Return the values that are known now; the engine checks the others during the update."""
    return dict(_each_known(values))


def _each_known(values: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for name in values:
        with suppress(UnknownValueError):
            yield name, values[name]


SECTIONS: Mapping[str, Callable[[ResourceValidationArgs], Sections]] = {
    "heroku:addon/addon:Addon": _addon,
    "heroku:app/app:App": _app,
}
"""Type of a resource -> a function that returns the equivalent sections."""
