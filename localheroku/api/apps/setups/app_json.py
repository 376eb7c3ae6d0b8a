"""app.json: the resources that an app needs besides its source.

https://devcenter.heroku.com/articles/app-json-schema
"""

from __future__ import annotations

import json
import secrets
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from localheroku.dynos.archive import ArchiveRefused, open_archive

FILE = "app.json"
LARGEST_BYTES = 1 << 20


class ManifestRefused(Exception):
    """The app.json cannot be used; `errors` lists the reasons."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors


@dataclass(frozen=True)
class ManifestAddon:
    """An add-on in app.json.

    `attachment` is the name of its config vars, or None for Heroku's default.
    """

    plan: str
    attachment: str | None = None
    config: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ManifestProcess:
    """A process type in app.json; None keeps Heroku's default."""

    type: str
    quantity: int | None = None
    size: str | None = None


@dataclass(frozen=True)
class Manifest:
    """The content of an app.json."""

    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    addons: list[ManifestAddon] = field(default_factory=list)
    buildpacks: list[str] = field(default_factory=list)
    formation: list[ManifestProcess] = field(default_factory=list)
    postdeploy: str | None = None
    test: str | None = None
    stack: str | None = None
    success_url: str | None = None


def read(archive: Path, overrides: Mapping[str, str], environment: str | None = None) -> Manifest:
    """Read the app.json in the top folder of a source and override its config vars.

    For an environment such as `review`, its section overrides the rest of the file, and the file is
    optional.

    Raises:
        ManifestRefused: The file is missing, or its content is not valid for an app.json.
    """
    document = _document(archive, needed=environment is None)
    if environment:
        document = _merge_environment(document, environment)
    errors: list[str] = []
    for name, (fits, description) in SHAPES.items():
        if name in document and not fits(document[name]):
            errors.append(f"{name} must be {description}")
    if errors:
        raise ManifestRefused(errors)
    script = document.get("scripts", {}).get("postdeploy")
    return Manifest(
        env=_env(document.get("env", {}), overrides),
        addons=[_addon(declaration) for declaration in document.get("addons", [])],
        buildpacks=[buildpack["url"] for buildpack in document.get("buildpacks", [])],
        formation=[_process(type_, g) for type_, g in document.get("formation", {}).items()],
        postdeploy=script["command"] if isinstance(script, dict) else script,
        test=document.get("scripts", {}).get("test"),
        stack=document.get("stack"),
        success_url=document.get("success_url"),
    )


def _merge_environment(document: Mapping[str, Any], environment: str) -> dict[str, Any]:
    """Return the app.json with the section of an environment merged into it.

    https://devcenter.heroku.com/articles/app-json-schema#environments
    """
    environments = document.get("environments", {})
    if not isinstance(environments, dict):
        raise ManifestRefused(["environments must be an object"])
    own = environments.get(environment, {})
    if not isinstance(own, dict):
        raise ManifestRefused([f"environments.{environment} must be an object"])
    return {**document, **own}


def _document(archive: Path, *, needed: bool) -> dict[str, Any]:
    try:
        with open_archive(archive) as members:
            member = next((m for m in members if _is_manifest(m)), None)
            if member is None and not needed:
                return {}
            if member is None:
                raise ManifestRefused([f"{FILE} not found: add it to the top folder of the source"])
            text = members.content(member).read()
        document = json.loads(text)
    except ArchiveRefused as error:
        raise ManifestRefused([f"the source {error}"]) from None
    except ValueError as error:
        raise ManifestRefused([f"{FILE} is not JSON: {error}"]) from None
    if not isinstance(document, dict):
        raise ManifestRefused([f"{FILE} must be an object"])
    return document


def _is_manifest(member: tarfile.TarInfo) -> bool:
    """Return whether the file is the app.json of the top folder, or of the only folder in it.

    GitHub's archives have such a folder.
    """
    parts = [part for part in PurePosixPath(member.name).parts if part != "."]
    well_placed = parts[-1:] == [FILE] and len(parts) <= 2
    return well_placed and member.isfile() and member.size <= LARGEST_BYTES


def _env(declared: Mapping[str, Any], overrides: Mapping[str, str]) -> dict[str, str]:
    """Return the config vars with their values.

    Raises:
        ManifestRefused: A required config var has no value.
    """
    values, errors = {}, []
    for name, declaration in declared.items():
        rule = declaration if isinstance(declaration, dict) else {"value": declaration}
        value = overrides.get(name, rule.get("value"))
        if value is None and rule.get("generator") == "secret":
            value = secrets.token_hex(32)
        if value is not None:
            values[name] = str(value)
        elif rule.get("required", True):
            errors.append(f"config var {name} is required")
    if errors:
        raise ManifestRefused(errors)
    return {**values, **{name: str(value) for name, value in overrides.items()}}


def _addon(declaration: str | Mapping[str, Any]) -> ManifestAddon:
    if isinstance(declaration, str):
        return ManifestAddon(declaration)
    return ManifestAddon(declaration["plan"], declaration.get("as"), declaration.get("options", {}))


def _process(type_: str, declaration: Mapping[str, Any]) -> ManifestProcess:
    return ManifestProcess(type_, declaration.get("quantity"), declaration.get("size"))


def _all(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(map(fits, value))


def _has(name: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and isinstance(value.get(name), str)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_scripts(value: Any) -> bool:
    script = value.get("postdeploy", "") if isinstance(value, dict) else None
    tested = not isinstance(value, dict) or _is_text(value.get("test", ""))
    return tested and (_is_text(script) or _has("command")(script))


def _is_formation(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(process, dict) for process in value.values())


SHAPES: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "env": (lambda value: isinstance(value, dict), "an object of config vars"),
    "addons": (
        _all(lambda value: _is_text(value) or _has("plan")(value)),
        "a list of plans, or of objects with a plan",
    ),
    "buildpacks": (_all(_has("url")), "a list of objects with a url"),
    "formation": (_is_formation, "an object of process types with their quantity and size"),
    "scripts": (_is_scripts, "an object with the commands to run as postdeploy and test"),
    "stack": (_is_text, "the name of a stack"),
    "success_url": (_is_text, "a path or an address"),
}
