"""Pulumi components that declare an environment, one for each section.

A component takes a section of a validated environment.  In place of a section's value it also
accepts a Pulumi output: `section.model_copy(update={"plan": output})`.
"""

from dynostack.components.addons import Addons
from dynostack.components.app import App
from dynostack.components.attachments import Services, attach
from dynostack.components.build import Build
from dynostack.components.collaborators import Collaborators
from dynostack.components.domains import Domains
from dynostack.components.drains import Drains
from dynostack.components.environment import declare
from dynostack.components.formation import Formation
from dynostack.components.memcached import Memcached
from dynostack.components.pipeline import Pipeline
from dynostack.components.postgres import Postgres
from dynostack.components.provider import heroku_provider

__all__ = [
    "Addons",
    "App",
    "Build",
    "Collaborators",
    "Domains",
    "Drains",
    "Formation",
    "Memcached",
    "Pipeline",
    "Postgres",
    "Services",
    "attach",
    "declare",
    "heroku_provider",
]
