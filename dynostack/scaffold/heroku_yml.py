"""The parts of heroku.yml that a new environment needs.

https://devcenter.heroku.com/articles/build-docker-images-heroku-yml
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FILE = "heroku.yml"


@dataclass(frozen=True)
class HerokuYml:
    """What heroku.yml asks for."""

    addons: tuple[str, ...] = ()
    """Services and plans."""
    config: tuple[tuple[str, str], ...] = ()
    """Names and values of config vars."""
    unused: str = ""
    """Why a part of it cannot be used; empty if all can."""


def read(folder: Path) -> HerokuYml:
    """Return what the file asks for; nothing if it does not exist."""
    try:
        document = yaml.safe_load((folder / FILE).read_text("utf-8-sig"))
    except FileNotFoundError:
        return HerokuYml()
    except (OSError, ValueError, yaml.YAMLError):
        return HerokuYml(unused=f"{FILE} cannot be read")
    setup = _part(document, "setup")
    addons = [_part(each, "plan") for each in _list(_part(setup, "addons"))]
    config = _part(setup, "config")
    return HerokuYml(
        tuple(str(plan) for plan in addons if plan),
        tuple((str(name), str(value)) for name, value in _items(config)),
        _unused(document),
    )


def _unused(document: Any) -> str:
    parts = [name for name in ("build", "release", "run") if _part(document, name)]
    if not parts:
        return ""
    return f"{FILE}: {', '.join(parts)}, because the local Heroku does not build Docker images"


def _part(document: Any, name: str) -> Any:
    return document.get(name) if isinstance(document, dict) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _items(value: Any) -> list[tuple[Any, Any]]:
    return list(value.items()) if isinstance(value, dict) else []
