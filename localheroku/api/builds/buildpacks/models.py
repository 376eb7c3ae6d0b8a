"""An app's buildpacks, in the order in which they run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from localheroku.api.apps.models import App
from localheroku.api.builds.buildpacks.errors import BuildpackFormError
from localheroku.core.state import Document, State

# https://devcenter.heroku.com/articles/buildpacks: a registry name, a URN or a Git URL.
FORM = re.compile(r"[\w-]+/[\w.-]+|urn:buildpack:[\w-]+/[\w.-]+|(https?|git|ssh)://\S+")
URN = "urn:buildpack:"


def update(state: State, app: App, buildpacks: Sequence[str]) -> App:
    """Replace the app's buildpacks for the next build.

    Raises:
        BuildpackFormError: A buildpack is neither a name nor a URL.
    """
    for buildpack in buildpacks:
        if FORM.fullmatch(buildpack) is None:
            raise BuildpackFormError(buildpack=buildpack)
    return state.change(app, buildpacks=[name.removeprefix(URN) for name in buildpacks])


def address(options: Mapping[str, Any]) -> str:
    """Return the buildpack's name or URL from the body of a request for a build."""
    return str(options.get("url") or options.get("name") or "")


def documents(app: App) -> list[Document]:
    return [
        {"ordinal": ordinal, "buildpack": {"name": name, "url": _url(name)}}
        for ordinal, name in enumerate(app.buildpacks)
    ]


def _url(name: str) -> str:
    return name if "://" in name else f"{URN}{name}"
