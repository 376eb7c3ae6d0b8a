"""The Heroku resources of the project."""

from stacks.environment import declare

__all__ = ["declare"]
