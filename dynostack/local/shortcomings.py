"""What an app does not have on the local Heroku although it has it on the real one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from dynostack.local.server import ServerProcess

NOWHERE = ".invalid"
"""The domain in the config vars of an add-on that is only a record.

https://www.rfc-editor.org/rfc/rfc2606#section-2
"""
WARNING = " !     "
"""What a line of a build's output starts with if the build differs from Heroku's."""


def shortcomings(server: ServerProcess, app: str) -> Iterator[str]:
    """Yield what the app's add-ons and its last build lack.

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
            yield f"{plan} is only a record: nothing runs behind {', '.join(names)}"
    builds = sorted(server.get(f"/apps/{app}/builds"), key=lambda build: str(build["created_at"]))
    for build in builds[-1:]:
        output = urlsplit(build["output_stream_url"])
        for line in server.lines(f"{output.path}?{output.query}"):
            if line.startswith(WARNING):
                yield f"the build: {line.removeprefix(WARNING)}"


def _leads_nowhere(value: Any) -> bool:
    return NOWHERE in str(value)
