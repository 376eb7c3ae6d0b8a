"""What shop declares on Heroku."""

from stacks.shop import declare

__all__ = ["declare"]
