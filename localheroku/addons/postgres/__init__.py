"""Heroku Postgres: a real server for each version, with a database and a role for each add-on."""

from localheroku.addons.postgres.copies import leave, load, log_files, save
from localheroku.addons.postgres.service import RECORDS, Postgres

__all__ = ["RECORDS", "Postgres", "leave", "load", "log_files", "save"]
