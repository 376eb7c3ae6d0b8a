"""The pipeline and the app's stage in it.

https://devcenter.heroku.com/articles/pipelines
"""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from dynostack.environment import derived_names
from dynostack.environment.diagnostics.finding import Finding
from dynostack.environment.diagnostics.rule import RuleContext
from dynostack.environment.section import Choice, Section, written

Stage = Annotated[
    Literal["review", "development", "staging", "production"],
    Choice("DS148", "stage", "a pipeline stage"),
]

PipelineName = Annotated[
    str,
    written(
        "DS146",
        "pipeline name",
        r"[a-z][a-z0-9-]{2,29}",
        "a pipeline name must start with a letter, have 3 to 30 characters,"
        " and contain only lowercase letters, digits, and dashes",
        "a name such as shop",
        derived_names.short_and_dashed,
    ),
]
Id = Annotated[
    str,
    written(
        "DS147",
        "id",
        r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        "Heroku's ids are UUIDs in lowercase",
        "the id that `heroku pipelines:info PIPELINE --json` shows",
    ),
]


class Pipeline(Section):
    """The app's pipeline.  One stack owns it and sets `create`; the others set its id."""

    stage: Stage = Field(description="The app's stage in the pipeline.", examples=["staging"])
    create: bool = Field(
        False, description="Whether this stack creates and owns the pipeline.", examples=[True]
    )
    name: PipelineName | None = Field(
        None, description="The name of the pipeline to create.", examples=["shop"]
    )
    id: Id | None = Field(
        None,
        description="The id of an existing pipeline, an output of the stack that created it.",
        examples=["01234567-89ab-cdef-0123-456789abcdef"],
    )


def made_or_found(context: RuleContext) -> Iterator[Finding]:
    """Report missing and extra keys: a stack either creates a pipeline by name or sets its id."""
    pipeline = context.keys("pipeline")
    if not pipeline:
        return
    create = pipeline.get("create", False)
    wanted, unwanted = ("name", "id") if create is True else ("id", "name")
    if not isinstance(create, bool):
        return
    if unwanted in pipeline:
        message = "a stack that creates its pipeline cannot set the pipeline's id"
        if create is False:
            message = "only the stack that creates the pipeline can set its name"
        suggestion = (
            "only the name"
            if create
            else "id instead of name, or create: true if this stack owns the pipeline"
        )
        yield Finding(("pipeline", unwanted), "DS309", message, suggestion)
    elif wanted not in pipeline:
        suggestion = (
            "name: shop" if create else "id: with the pipeline's id, or create: true with a name"
        )
        message = f"the pipeline's {wanted} is missing"
        yield Finding(("pipeline", wanted), "DS310", message, suggestion)


RULES = (made_or_found,)
