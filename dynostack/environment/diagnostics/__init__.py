"""Diagnostics: what is wrong with an environment's file, and where."""
