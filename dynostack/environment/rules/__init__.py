"""All rules that compare several keys of an environment's file, or several files."""

from dynostack.environment import (
    addons,
    app,
    collaborators,
    django,
    domains,
    drains,
    pipeline,
)
from dynostack.environment.diagnostics.rule import Rule
from dynostack.environment.rules import (
    config_vars,
    dynos,
    end_of_life,
    offers,
    production,
    program,
    secrets,
    stacks,
)

RULES: tuple[Rule, ...] = (
    *addons.RULES,
    *app.RULES,
    *collaborators.RULES,
    *django.RULES,
    *domains.RULES,
    *drains.RULES,
    *pipeline.RULES,
    *offers.RULES,
    *stacks.RULES,
    *dynos.RULES,
    *config_vars.RULES,
    *secrets.RULES,
    *production.RULES,
    *end_of_life.RULES,
    *program.RULES,
)
"""All rules.  If a value breaks several rules, the first is reported."""
