"""Describe an app that exists as sections of an environment."""
