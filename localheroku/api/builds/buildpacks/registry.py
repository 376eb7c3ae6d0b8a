"""The buildpack registry, a service beside the Platform API that needs no API key.

The Heroku CLI looks up the URL of a buildpack name such as heroku/python there.
https://devcenter.heroku.com/articles/buildpack-registry
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth.rights import PUBLIC
from localheroku.core import catalogue
from localheroku.core.catalogue import EPOCH, identifier
from localheroku.core.errors import NotFoundError
from localheroku.core.state import Document

PREFIX = "/_buildpacks"
"""The path that stands for the registry's own host."""

ARCHIVES = "https://buildpack-registry.s3.amazonaws.com/buildpacks"
"""The address of buildpack archives, by which the CLI recognizes a buildpack's name.

The local Heroku downloads nothing from it.
"""

Row = Mapping[str, Any]


class BuildpackNotFoundError(NotFoundError):
    resource = "buildpack"
    message = "Couldn't find that buildpack."


async def search(call: Call) -> list[Document]:
    """Return the buildpacks that match the namespaces, names or description; by default, all."""
    return [_document(row) for row in catalogue.rows("buildpacks") if _matches(call.query, row)]


async def info(call: Call) -> Document:
    return _document(_find(call))


async def revisions(call: Call) -> list[Document]:
    row = _find(call)
    return [
        {
            "id": identifier("buildpack-revision", _name(row)),
            "buildpack": {"id": identifier("buildpack", _name(row))},
            "release": 1,
            "status": "published",
            "license": "MIT",
            "created_at": EPOCH,
            "updated_at": EPOCH,
        }
    ]


async def readme(call: Call) -> Document:
    row = _find(call)
    text = f"# {_name(row)}\n\n{row['description']}\n"
    return {"content": b64encode(text.encode()).decode(), "encoding": "base64"}


def _find(call: Call) -> Row:
    for row in catalogue.rows("buildpacks"):
        if call.path["buildpack"] in (_name(row), identifier("buildpack", _name(row))):
            return row
    raise BuildpackNotFoundError


def _matches(query: Mapping[str, str], row: Row) -> bool:
    return (
        query.get("in[namespace][]") in (None, row["namespace"])
        and query.get("in[name][]") in (None, row["name"])
        and query.get("like[description]", "").lower() in row["description"].lower()
    )


def _name(row: Row) -> str:
    return f"{row['namespace']}/{row['name']}"


def _document(row: Row) -> Document:
    name = _name(row)
    return {
        "id": identifier("buildpack", name),
        "namespace": row["namespace"],
        "name": row["name"],
        "category": row["category"],
        "description": row["description"],
        "blob_url": f"{ARCHIVES}/{name}.tgz",
        "source": {
            "type": "github",
            "owner": row.get("owner", row["namespace"]),
            "repo": row["repo"],
        },
        "support": {"method": "github", "address": None},
        "two_factor_authentication": True,
        "created_at": EPOCH,
        "updated_at": EPOCH,
    }


ROUTES = [
    Endpoint(f"GET {PREFIX}/buildpacks", search, needs=PUBLIC),
    Endpoint(f"GET {PREFIX}/buildpacks/{{buildpack}}", info, needs=PUBLIC),
    Endpoint(f"GET {PREFIX}/buildpacks/{{buildpack}}/readme", readme, needs=PUBLIC),
    Endpoint(f"GET {PREFIX}/buildpacks/{{buildpack}}/revisions", revisions, needs=PUBLIC),
]
