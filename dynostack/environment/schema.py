"""The JSON Schema of an environment's file, for editors.

`python -m dynostack.environment.schema` writes it for the project in the current directory.

Editors with the YAML language server find it by the first line of each `Pulumi.<stack>.yaml`.  It
covers the checks of the models that JSON Schema can express; `dynostack check` runs all checks.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from dynostack.environment import catalogue
from dynostack.environment.environment import Environment
from dynostack.environment.source.project_model import project_model

FILE = "config/environment.schema.json"
MODELINE = f"# yaml-language-server: $schema=./{FILE}"
"""The first line of an environment's file."""

Schema = dict[str, Any]

SECURE = {
    "title": "Encrypted value",
    "description": "Written by `dynostack secret set`; do not edit it.",
    "type": "object",
    "properties": {"secure": {"type": "string"}},
    "required": ["secure"],
    "additionalProperties": False,
}

OTHER = {"type": "string"}
"""Any name: Heroku may have one that the catalogue lacks; editors complete those that it has."""

_PULUMI = {
    "encryptionsalt": "The salt of the stack's passphrase.  Written by Pulumi.",
    "encryptedkey": "The stack's data key, encrypted.  Written by Pulumi.",
    "secretsprovider": "The provider that encrypts the stack's secrets.  Written by Pulumi.",
}
"""Keys next to `config:` that hold text."""


def schema(project: str, model: type[Environment] = Environment) -> Schema:
    """Return the schema of the files of a project's stacks."""
    sections = _sections(model)
    definitions = sections.pop("definitions")
    own = {f"{project}:{name}": section for name, section in sections["properties"].items()}
    config = {
        "description": f"Keys of this project's sections begin with {project}:.",
        "type": "object",
        "properties": own,
        "required": [f"{project}:{name}" for name in sections["required"]],
        "patternProperties": {
            f"^(?!{project}:)[^:]+:": {"description": "Belongs to another project."}
        },
        "additionalProperties": False,
    }
    beside = {key: {"description": told, "type": "string"} for key, told in sorted(_PULUMI.items())}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"Environment of {project}",
        "description": "One environment of a Heroku app.",
        "type": "object",
        "properties": {"config": config, **beside},
        "required": ["config"],
        "definitions": {"Secure": SECURE, **definitions},
    }


def text(project: str, model: type[Environment] = Environment) -> str:
    """Return the schema as the text of its file."""
    return json.dumps(schema(project, model), indent=2, ensure_ascii=False) + "\n"


def project_name(directory: Path) -> str:
    """Return the name in the project's Pulumi.yaml."""
    return str(yaml.safe_load((directory / "Pulumi.yaml").read_text("utf-8"))["name"])


def _sections(model: type[Environment]) -> Schema:
    found = model.model_json_schema(ref_template="#/definitions/{model}")
    found["definitions"] = found.pop("$defs")
    for change in _CHANGES:
        _everywhere(found, change)
    # If the project has a class of the same name, the definition's name differs from the class's.
    own = found["properties"]["memcached"].get("$ref", "").rpartition("/")[2]
    if own in found["definitions"]:
        _with_plans_of_the_service(found["definitions"][own])
    return found


def _everywhere(node: object, change: Callable[[Schema], None]) -> None:
    if isinstance(node, list):
        for each in node:
            _everywhere(each, change)
    if isinstance(node, dict):
        for each in node.values():
            _everywhere(each, change)
        change(node)


def _without_title(node: Schema) -> None:
    """Remove Pydantic's titles, which only repeat the keys with different capitalization."""
    if isinstance(node.get("title"), str):
        del node["title"]


def _without_null(node: Schema) -> None:
    """Remove null as a value, and defaults that stand for an absent key."""
    if "anyOf" in node:
        node["anyOf"] = [each for each in node["anyOf"] if each != {"type": "null"}]
        if len(node["anyOf"]) == 1:
            node.update({**node.pop("anyOf")[0], **node})
    if "default" in node and node["default"] in (None, [], {}):
        del node["default"]


def _with_secure(node: Schema) -> None:
    if node.get("format") == "password":
        node.clear()
        node["$ref"] = "#/definitions/Secure"


def _closed(node: Schema) -> None:
    """Forbid names that do not match their pattern, and copy the description to the others."""
    for value in node.get("patternProperties", {}).values():
        node["additionalProperties"] = False
        if "$ref" not in value and "description" in node:
            value.setdefault("description", node["description"])


def _with_prices(node: Schema) -> None:
    """Add the price and limits of each plan, and the price of each dyno size."""
    if node.get("enum") == list(catalogue.POSTGRES_PLANS.names):
        node["enumDescriptions"] = [_postgres(plan) for plan in node["enum"]]
    if node.get("enum") == list(catalogue.DYNOS.names):
        prices = map(catalogue.dyno_price, node["enum"])
        node["enumDescriptions"] = [catalogue.price_text(price) for price in prices]


def _postgres(plan: str) -> str:
    price = catalogue.monthly_price(catalogue.POSTGRES_SERVICE, plan)
    limits = catalogue.connection_limit(plan), (catalogue.storage(plan) or 0) / 1024
    return f"{catalogue.price_text(price)}, {limits[0]} connections, {limits[1]:g} GB"


_CHANGES = (
    _without_title,
    _without_null,
    _with_secure,
    _closed,
    _with_prices,
)
"""Changes that turn Pydantic's schema into one for files; each is applied to every node in turn."""


def _with_plans_of_the_service(memcached: Schema) -> None:
    """Add the known plans of each service for completion; without one, those of the default."""
    memcached["allOf"] = []
    for service, offer in catalogue.MEMCACHED_PLANS.items():
        chosen: Schema = {"properties": {"service": {"const": service}}}
        if service != catalogue.DEFAULT_MEMCACHED_SERVICE:
            chosen["required"] = ["service"]
        plans = {"properties": {"plan": {"anyOf": [{"enum": list(offer.names)}, OTHER]}}}
        memcached["allOf"].append({"if": chosen, "then": plans})


def main() -> None:
    """Write the schema of the project in the current directory."""
    here = Path.cwd()
    model = project_model(here)
    if model.findings:
        sys.exit("\n".join(f"{each.message}; run dynostack check" for each in model.findings))
    Path(FILE).parent.mkdir(exist_ok=True)
    Path(FILE).write_text(text(project_name(here), model.environment), "utf-8")


if __name__ == "__main__":
    main()
