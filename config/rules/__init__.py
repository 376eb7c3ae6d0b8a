"""All rules across the keys of an environment's file, and across files."""

from config import addons, app, collaborators, django, domains, memcached, pipeline
from config.subject import Rule

RULES: tuple[Rule, ...] = (
    *addons.RULES,
    *app.RULES,
    *collaborators.RULES,
    *django.RULES,
    *domains.RULES,
    *memcached.RULES,
    *pipeline.RULES,
)
"""Of several errors at one value the first is told."""
