"""Heroku Postgres: one real PostgreSQL server, one database and role an add-on."""

from dynostack.heroku.addons.postgres.copies import load, save
from dynostack.heroku.addons.postgres.home import leave
from dynostack.heroku.addons.postgres.server import LOG
from dynostack.heroku.addons.postgres.service import RECORDS, Postgres

__all__ = ["LOG", "RECORDS", "Postgres", "leave", "load", "save"]
