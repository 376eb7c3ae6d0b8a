"""The router's own answers, when no dyno can answer.

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
# https://devcenter.heroku.com/articles/error-pages: in a frame, so that its address stays.
FRAME_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>html, body, iframe {{ margin: 0; width: 100%; height: 100%; border: 0 }}</style>
</head>
<body><iframe src="{url}" title="{title}"></iframe></body>
</html>
"""
LOG_HINT = "See the app's log with <code>dynostack local logs</code>."


@dataclass(frozen=True)
class Refusal:
    """One of Heroku's error codes."""

    code: str
    description: str
    status: int = 503
    title: str = "Application error"
    level: str = "error"
    variable: str = "ERROR_PAGE_URL"
    """The config var that may name the app's own page."""

    @property
    def log_prefix(self) -> str:
        """The start of the router's log line about it."""
        return f'{self.level} code={self.code} desc="{self.description}"'

    def page(self, own: str | None = None) -> web.Response:
        """Return the page for a browser, which frames the app's own page if there is one."""
        if own:
            return _answer(FRAME_PAGE.format(title=self.title, url=escape(own)), self.status)
        text = f"{escape(self.description)} ({self.code}). {LOG_HINT}"
        return _page(self.title, text, self.status)


class RequestRefused(Exception):
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
MAINTENANCE = Refusal(
    "H80",
    "Maintenance mode",
    title="Offline for maintenance",
    level="info",
    variable="MAINTENANCE_PAGE_URL",
)
CLIENT_LEFT = Refusal("H27", "Client Request Interrupted", status=499)


def no_such_app(host: str) -> web.Response:
    """Return the answer for a host name that no app and no domain has."""
    return _page("No such app", f"No app of the local Heroku has the host {escape(host)}.", 404)


def _page(title: str, text: str, status: int) -> web.Response:
    return _answer(PAGE.format(title=title, text=text), status)


def _answer(body: str, status: int) -> web.Response:
    headers = {"Cache-Control": "no-cache, no-store"}
    return web.Response(text=body, status=status, content_type="text/html", headers=headers)
