"""Parts of an app that somebody manages elsewhere, such as by hand or with another program."""

import re
from collections.abc import Iterable
from typing import Annotated

from dynostack.environment.section import written

PARTS = (
    "access",
    "acm",
    "addons",
    "app.configVars",
    "attachments",
    "certificates",
    "collaborators",
    "domains",
    "drains",
    "features",
    "formation",
    "maintenance",
    "memcached",
    "pipeline",
    "postgres",
    "space",
    "webhooks",
)
"""The parts of an app that items of `dynostack drift` begin with."""

Item = Annotated[
    str,
    written(
        "DS159",
        "item",
        rf"({'|'.join(map(re.escape, PARTS))})(\.\S+)?",
        "an item is a name in brackets in the output of dynostack drift, or a part of the app",
        "an item such as collaborators.dev@acme.example, app.configVars.DEBUG or maintenance",
    ),
]
Elsewhere = list[Item]


def is_of(item: str, named: str) -> bool:
    """Return whether a name is that of an item, or of the part or entry that contains it."""
    return item == named or item.startswith(f"{named}.")


def is_elsewhere(item: str, elsewhere: Iterable[str]) -> bool:
    """Return whether an item of a comparison is managed elsewhere."""
    return any(is_of(item, each) for each in elsewhere)
