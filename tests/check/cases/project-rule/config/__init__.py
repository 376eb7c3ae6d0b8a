from pydantic import field_validator, model_validator

import dynostack.environment
from dynostack.environment import RuleViolation


class Environment(dynostack.environment.Environment):
    @field_validator("domains")
    @classmethod
    def few(cls, domains):
        if len(domains) > 1:
            raise ValueError("one domain is enough")
        return domains

    @field_validator("formation")
    @classmethod
    def no_large_dynos(cls, formation):
        for process, dynos in formation.items():
            if dynos.size == "performance-l":
                message = f"{process} runs {dynos.size} dynos"
                raise RuleViolation(message, "standard-2x", (process, "size"))
        return formation

    @field_validator("addons")
    @classmethod
    def has_a_log(cls, addons):
        assert "logs" in addons, "an environment keeps its logs"
        return addons
