"""Moves of a database to another plan or version, which Heroku cannot change in place."""
