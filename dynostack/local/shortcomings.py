"""The differences between an app on the local Heroku and the same app on the real one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx

from dynostack.http_client import client
from dynostack.local.server import ServerProcess
from localheroku.router.heroku_name import HEADER

NOWHERE = ".invalid"
"""The domain in the config vars of an add-on that is only a record.

https://www.rfc-editor.org/rfc/rfc2606#section-2
"""
SITE_SECONDS = 60.0
NO_PAGE = "/.well-known/dynostack"
"""A path that no site has, so that no visit is counted."""
DIFFERENT = "not as on Heroku: "
WARNING = " !     "
"""The start of each warning in a build's output."""


def shortcomings(server: ServerProcess, app: str) -> Iterator[str]:
    """Yield what the app's add-ons and its site's name lack, and what its last build warns of.

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
    builds = sorted(server.get(f"/apps/{app}/builds"), key=lambda build: str(build["created_at"]))
    for build in builds[-1:]:
        output = urlsplit(build["output_stream_url"])
        for line in server.lines(f"{output.path}?{output.query}"):
            if line.startswith(WARNING):
                yield f"the build warns: {line.removeprefix(WARNING)}"

    if name := _name_of_site(server, app):
        yield f"{DIFFERENT}the site allows only its name at Heroku, so it sees requests for {name}"


def _name_of_site(server: ServerProcess, app: str) -> str:
    """Return the name under which a site gets requests if that is not its local one, or ""."""
    url = f"{server.workspace.heroku.url}{NO_PAGE}"
    host = {"Host": urlsplit(server.workspace.heroku.site(app)).netloc}
    try:
        with client(url, host, timeout=SITE_SECONDS) as http, http.stream("GET", url) as answer:
            return str(answer.headers.get(HEADER, ""))
    except httpx.HTTPError:
        return ""  # the site does not answer: its log says why


def _leads_nowhere(value: Any) -> bool:
    return NOWHERE in str(value)
