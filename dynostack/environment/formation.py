"""The dynos of each process type.

https://devcenter.heroku.com/articles/dyno-types
"""

from typing import Annotated

from pydantic import Field

from dynostack.environment import catalogue, derived_names
from dynostack.environment.diagnostics.finding import problem
from dynostack.environment.section import Check, Form, RefusalCodes, Section, offered, written

ProcessType = Annotated[
    str,
    written(
        "DS144",
        "process type",
        r"[-\w]{1,128}",
        "a process type can only contain letters, digits, dashes, and underscores,"
        " and has at most 128 characters",
        "a process type of the Procfile, such as web",
        derived_names.dashed_or_underscored,
    ),
]
DynoSize = Annotated[str, offered("dyno size", catalogue.DYNOS, RefusalCodes("DS213", "DS209"))]


def _not_negative(quantity: int) -> int:
    if quantity < 0:
        raise problem("DS145", f"quantity {quantity} is negative", "0 or more")
    return quantity


Quantity = Annotated[int, Check(_not_negative, {"minimum": 0}, Form("0 or more", ("DS145",)))]


class Process(Section):
    """The dynos of one process type."""

    size: DynoSize = Field(description="The dyno size.", examples=["standard-1x"])
    quantity: Quantity = Field(description="Number of dynos; 0 stops the process.", examples=[1])


Formation = dict[ProcessType, Process]
