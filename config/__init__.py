"""The environments of shop: the sections of dynostack and the rules of this project."""

from pydantic import field_validator

import dynostack.environment
from config.rules import app_is_named_by_stage, production_runs_two_web_dynos

__all__ = ["Environment"]


class Environment(dynostack.environment.Environment):
    """One environment of shop.  To add a section, add a field here with its own type."""

    _app_is_named_by_stage = field_validator("app")(app_is_named_by_stage)
    _production_runs_two_web_dynos = field_validator("formation")(production_runs_two_web_dynos)
