"""Errors for requests from a browser."""

from __future__ import annotations

from localheroku.core.errors import ForbiddenError


class SessionError(ForbiddenError):
    id = "unauthorized"
    status = 401
    message = "This session is unknown or has ended: run `dynostack local open`."


class OtherSiteError(ForbiddenError):
    message = "A page of another site may not read the local Heroku."


class NotShownError(ForbiddenError):
    message = "The page may not call {method} {path}: it may only read what it shows."
