"""What may be said about an environment, and how to read it."""

from config.addons import Addon, Addons
from config.app import App, ConfigVars
from config.collaborators import Collaborator
from config.diagnostic import Diagnostic, EnvironmentErrors, Place
from config.drains import Drains
from config.environment import Environment
from config.features import Features
from config.formation import Formation, Process
from config.loader import Examined, examine, examine_all, load
from config.memcached import Memcached
from config.pipeline import Pipeline
from config.postgres import Database, Postgres
from config.review import Review

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
    "Place",
    "Postgres",
    "Process",
    "Review",
    "examine",
    "examine_all",
    "load",
]
