"""Moves of a database to a new one, for plans and versions that an apply does not change."""
