"""Files by which a source asks for what no build here does.

https://devcenter.heroku.com/articles/build-docker-images-heroku-yml
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONTAINER = "container"
"""The stack of apps that Heroku builds with Docker."""
MANIFEST = "heroku.yml"
DOCKERFILE = "Dockerfile"


def reports(app: Path, stack: str) -> Iterator[str]:
    """Yield what the build of a source leaves out.

    Args:
        app: the folder of the source.
        stack: the stack of the app.
    """
    images = [name for name in (MANIFEST, DOCKERFILE) if (app / name).is_file()]
    if images and (stack == CONTAINER or MANIFEST in images):
        yield (
            f"{' and '.join(images)}: no Docker image is built here; buildpacks build the app, "
            "and the Procfile has its processes"
        )
