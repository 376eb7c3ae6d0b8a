"""Heroku Postgres: one real PostgreSQL server with one database and role for each add-on."""

from localheroku.addons.postgres.copies import load, save
from localheroku.addons.postgres.installation import leave
from localheroku.addons.postgres.server import LOG
from localheroku.addons.postgres.service import RECORDS, Postgres

__all__ = ["LOG", "RECORDS", "Postgres", "leave", "load", "save"]
