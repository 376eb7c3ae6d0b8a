from pydantic import field_validator

import dynostack.environment

STAGES = {"prod": "production"}


class Environment(dynostack.environment.Environment):
    @field_validator("app")
    @classmethod
    def has_a_stage(cls, app, info):
        STAGES[info.context["stack"]]
        return app
