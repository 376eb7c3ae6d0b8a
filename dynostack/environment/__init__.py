"""The model of an environment, and functions that read and validate it."""

from dynostack.environment.addons import Addon, Addons
from dynostack.environment.app import App, ConfigVars
from dynostack.environment.collaborators import Collaborator
from dynostack.environment.diagnostics.diagnostic import Diagnostic, EnvironmentErrors, Position
from dynostack.environment.diagnostics.rule_violation import RuleViolation
from dynostack.environment.drains import Drains
from dynostack.environment.environment import Environment
from dynostack.environment.features import Features
from dynostack.environment.formation import Formation, Process
from dynostack.environment.memcached import Memcached
from dynostack.environment.pipeline import Pipeline
from dynostack.environment.postgres import Database, Postgres
from dynostack.environment.review import Review
from dynostack.environment.section import Section
from dynostack.environment.source.examined import Examined
from dynostack.environment.source.loader import examine, examine_all, load

__all__ = [
    "Addon",
    "Addons",
    "App",
    "Collaborator",
    "ConfigVars",
    "Database",
    "Diagnostic",
    "Drains",
    "Environment",
    "EnvironmentErrors",
    "Examined",
    "Features",
    "Formation",
    "Memcached",
    "Pipeline",
    "Position",
    "Postgres",
    "Process",
    "Review",
    "RuleViolation",
    "Section",
    "examine",
    "examine_all",
    "load",
]
