from typing import Annotated, Literal

from pydantic import Field

import dynostack.environment
from dynostack.environment import Section


class Alerts(Section):
    to: Literal["mail", "pager"] = Field(description="How.", examples=["mail"])
    after_minutes: int = Field(ge=5, lt=60, description="When.", examples=["10"])
    rooms: list[Annotated[str, Field(pattern="^#")]] = Field([], max_length=2)


class Environment(dynostack.environment.Environment):
    alerts: Alerts | None = Field(None, examples=["{ to: mail, afterMinutes: 10 }"])
