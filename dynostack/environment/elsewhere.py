"""What an app has on Heroku, but is managed elsewhere, such as by hand or by another program."""

from typing import Annotated

from dynostack.environment.section import written

PARTS = (
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
    "webhooks",
)
"""The parts of an app that items of `dynostack drift` begin with."""

Item = Annotated[
    str,
    written(
        "DS158",
        "item",
        rf"({'|'.join(map(re.escape, PARTS))})(\.\S+)?",
        "an item is a name in brackets in the output of dynostack drift, or a whole part of the app",
        "an item such as collaborators.dev@acme.example, app.configVars.DEBUG or maintenance",
    ),
]
Elsewhere = list[Item]
