"""The Heroku resources of shop."""

from stacks.shop import declare

__all__ = ["declare"]
