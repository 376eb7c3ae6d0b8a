"""The differences between an app on the local Heroku and the same app on the real one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from dynostack.local.server import ServerProcess

NOWHERE = ".invalid"
"""The domain in the config vars of an add-on that is only a record.

https://www.rfc-editor.org/rfc/rfc2606#section-2
"""
DIFFERENT = "not as on Heroku: "
WARNING = " !     "
"""The start of each warning in a build's output."""
NOT_YET_RELEASED = f"{WARNING}Release command declared"
"""The start of what Heroku says in this form although it warns of nothing."""


def shortcomings(server: ServerProcess, app: str) -> Iterator[str]:
    """Yield what the app's add-ons lack, and what its last build warns of.

    Args:
        server: the local Heroku.
        app: the app's name.

    Raises:
        LocalError: the local Heroku does not answer.
    """
    values = server.get(f"/apps/{app}/config-vars")
    for addon in server.get(f"/apps/{app}/addons"):
        if names := [name for name in addon["config_vars"] if _leads_nowhere(values.get(name))]:
            plan = addon["plan"]["name"]
            yield f"{DIFFERENT}{plan} is only a record: nothing runs behind {', '.join(names)}"
    yield from build_warnings(server, app)


def build_warnings(server: ServerProcess, app: str) -> Iterator[str]:
    """Yield what the app's last build warns of, such as another Python than at Heroku.

    For a build that failed, the last line is the error.

    Args:
        server: the local Heroku.
        app: the app's name or id.

    Raises:
        LocalError: the local Heroku does not answer.
    """
    builds = sorted(server.get(f"/apps/{app}/builds"), key=lambda build: str(build["created_at"]))
    for build in builds[-1:]:
        output = urlsplit(build["output_stream_url"])
        texts = [
            line.removeprefix(WARNING)
            for line in server.lines(f"{output.path}?{output.query}")
            if line.startswith(WARNING) and not line.startswith(NOT_YET_RELEASED)
        ]
        has_failed = texts[1:] and texts[-1] == f"Build {build['id']} failed"
        warnings = texts[:-2] if has_failed else texts
        yield from (f"the build warns: {text}" for text in warnings)
        if has_failed:
            yield f"the build failed: {texts[-2]}"


def _leads_nowhere(value: Any) -> bool:
    return NOWHERE in str(value)
