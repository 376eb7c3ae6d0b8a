"""The first source of the engine: an official engine that the user has installed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from . import versions
from .engine import Engine, Way, engine_version, has_language_host, text_of
from .errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator


def engine_on_path(cache: Path) -> Engine:
    """Return the first official engine on PATH that is new enough.

    Engines in `cache` are ignored: they are on PATH in a local environment, but not the user's.

    Raises:
        Unavailable: there is none; the message has the reason.
    """
    reasons = []
    for pulumi in _on_path(cache):
        try:
            return _official(pulumi)
        except Unavailable as reason:
            reasons.append(str(reason))
    raise Unavailable("; ".join(reasons) or "no pulumi on PATH")


def _official(pulumi: Path) -> Engine:
    version = engine_version(pulumi)
    if not versions.ENGINE_MINIMUM <= version < (versions.ENGINE_MAJOR + 1, 0, 0):
        minimum = text_of(versions.ENGINE_MINIMUM)
        raise Unavailable(
            f"{pulumi} has version {text_of(version)}; {minimum} or a newer version"
            f" {versions.ENGINE_MAJOR}.x is needed"
        )
    if not has_language_host(pulumi):
        raise Unavailable(f"{pulumi} has no {versions.LANGUAGE_PLUGIN} next to it")
    return Engine(pulumi, text_of(version), Way.PATH)


def _on_path(cache: Path) -> Iterator[Path]:
    seen = set()
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        pulumi = Path(folder, "pulumi")
        if folder and pulumi.is_file() and os.access(pulumi, os.X_OK):
            real = pulumi.resolve()
            if real not in seen and not real.is_relative_to(cache.resolve()):
                seen.add(real)
                yield real
