"""The app's site, as a visitor sees it."""

from __future__ import annotations

import time

import httpx

from dynostack.databases.app import HerokuApp
from dynostack.databases.errors import StepFailed
from dynostack.http_client import client
from dynostack.inventory.platform_api import FIRST_SERVER_ERROR

ANSWER_SECONDS = 30.0
BOOT_SECONDS = 120.0
"""Twice the time that a web dyno has to boot.

https://devcenter.heroku.com/articles/limits#boot-timeout
"""
PAUSE_SECONDS = 0.1


def status(app: HerokuApp) -> int:
    """Return the HTTP status of the site's front page; 0 if nothing responds."""
    url = str(app.read()["web_url"] or "")
    headers = {}
    if app.api.is_local:
        # Not every machine resolves subdomains of localhost.
        headers, url = {"Host": url.partition("//")[2].rstrip("/")}, f"{app.api.url}/"
    try:
        with client(url, headers, timeout=ANSWER_SECONDS) as http:
            return http.get(url).status_code
    except (httpx.HTTPError, httpx.InvalidURL):
        return 0


def is_well(code: int) -> bool:
    """Return whether an HTTP status means that the app works: any response but a server error."""
    return 0 < code < FIRST_SERVER_ERROR


def wait_for_answer(app: HerokuApp) -> None:
    """Wait until the site responds.

    Raises:
        StepFailed: it does not respond in time, or only with server errors.
    """
    deadline = time.monotonic() + BOOT_SECONDS
    while not is_well(code := status(app)):
        if time.monotonic() > deadline:
            response = f"responds with status {code}" if code else "does not respond"
            raise StepFailed(
                f"the site of {app.name} {response} after the switch to the new database; to see"
                f" why, run: heroku logs --app {app.name}"
            )
        time.sleep(PAUSE_SECONDS)
