"""The parts of app.json that a new environment needs.

https://devcenter.heroku.com/articles/app-json-schema
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

FILE = "app.json"


def _as_text(value: object) -> object:
    """Return a scalar as the text that Heroku makes of it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _as_variable(value: object) -> object:
    return value if isinstance(value, dict) else {"value": value}


def _as_addon(value: object) -> object:
    return {"plan": value} if isinstance(value, str) else value


def _as_buildpack(value: object) -> object:
    return {"url": value} if isinstance(value, str) else value


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", populate_by_name=True)


class Variable(_Part):
    """A config var that the app asks for."""

    value: Annotated[str | None, BeforeValidator(_as_text)] = None
    generator: str = ""
    """`secret` if Heroku makes the value up."""
    required: bool = True


class RequestedAddon(_Part):
    """An add-on that the app asks for."""

    plan: str
    """The service, or the service and the plan, such as heroku-postgresql:essential-0."""
    attachment: str = Field("", alias="as")


class Dynos(_Part):
    """The dynos of one process type."""

    quantity: int = 1
    size: str = "basic"


class Buildpack(_Part):
    """A buildpack that the app asks for."""

    url: str


class AppJson(_Part):
    """What app.json asks for."""

    env: dict[str, Annotated[Variable, BeforeValidator(_as_variable)]] = {}
    addons: list[Annotated[RequestedAddon, BeforeValidator(_as_addon)]] = []
    formation: dict[str, Dynos] = {}
    buildpacks: list[Annotated[Buildpack, BeforeValidator(_as_buildpack)]] = []
    scripts: dict[str, Any] = {}

    @property
    def unused(self) -> str:
        """Return why the scripts are not run; empty if there are none."""
        if not self.scripts:
            return ""
        names = ", ".join(self.scripts)
        return (
            f"{FILE}: scripts ({names}), which Heroku runs only for review apps and for Heroku"
            " Button"
        )


def read(folder: Path) -> tuple[AppJson, str]:
    """Return what app.json asks for, and why a part of it cannot be used; empty if all can."""
    try:
        document = json.loads((folder / FILE).read_text("utf-8-sig"))
        return AppJson.model_validate(document), ""
    except FileNotFoundError:
        return AppJson(), ""
    except ValidationError as error:
        places = {str(each["loc"][0]) for each in error.errors() if each["loc"]}
        kept = _without(document, places) if isinstance(document, dict) else {}
        return AppJson.model_validate(kept), f"{FILE}: {', '.join(sorted(places)) or 'it'}"
    except (OSError, ValueError) as error:
        return AppJson(), f"{FILE}: {error}"


def _without(document: Mapping[str, Any], places: set[str]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in places}
