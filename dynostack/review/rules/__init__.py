"""The rules that judge a preview: each is one function with an id and a severity."""

from dynostack.review.rules import (
    access,
    clashes,
    costs,
    databases,
    domains,
    ending,
    engine,
    live,
    moves,
    processes,
    production,
    renames,
    stops,
)
from dynostack.review.rules.rule import RULES, ReviewContext, Rule, findings

__all__ = [
    "RULES",
    "ReviewContext",
    "Rule",
    "access",
    "clashes",
    "costs",
    "databases",
    "domains",
    "ending",
    "engine",
    "findings",
    "live",
    "moves",
    "processes",
    "production",
    "renames",
    "stops",
]
