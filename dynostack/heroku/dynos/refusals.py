"""What the router answers itself, when no dyno can.

https://devcenter.heroku.com/articles/error-codes
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from aiohttp import web

PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 sans-serif; color: #333; max-width: 36em; margin: 15vh auto }}
h1 {{ font-size: 1.6em }} code {{ background: #eee; padding: .1em .3em }}
</style>
</head>
<body><h1>{title}</h1><p>{text}</p></body>
</html>
"""
LOOK = "What it said is shown by <code>dynostack local logs</code>."


@dataclass(frozen=True)
class Refusal:
    """One of Heroku's error codes."""

    code: str
    description: str
    status: int = 503

    def page(self) -> web.Response:
        """What a browser shows."""
        text = f"{escape(self.description)} ({self.code}). {LOOK}"
        return _page("Application error", text, self.status)


class Refused(Exception):
    """The router answers a request itself."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.description)
        self.refusal = refusal


CRASHED = Refusal("H10", "App crashed")
TIMEOUT = Refusal("H12", "Request timeout")
NO_RESPONSE = Refusal("H13", "Connection closed without response")
NO_WEB_DYNOS = Refusal("H14", "No web processes running")
NOT_HTTP = Refusal("H17", "Poorly formatted HTTP response")
INTERRUPTED = Refusal("H18", "Server Request Interrupted")
BOOTING = Refusal("H20", "App boot timeout")
REFUSED = Refusal("H21", "Backend connection refused")
CLIENT_LEFT = Refusal("H27", "Client Request Interrupted", status=499)


def no_such_app(host: str) -> web.Response:
    """For a host name that no app and no domain has."""
    return _page("No such app", f"No app of the local Heroku answers for {escape(host)}.", 404)


def _page(title: str, text: str, status: int) -> web.Response:
    body = PAGE.format(title=title, text=text)
    headers = {"Cache-Control": "no-cache, no-store"}
    return web.Response(text=body, status=status, content_type="text/html", headers=headers)
