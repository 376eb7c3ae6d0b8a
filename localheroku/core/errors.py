"""The base class of the Platform API's errors, and the errors that belong to no resource.

Source of ids and statuses: https://devcenter.heroku.com/articles/platform-api-reference#errors
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from localheroku.core import redaction

REFERENCE = "https://devcenter.heroku.com/articles/platform-api-reference"


class ApiError(Exception):
    """One way in which a call fails; this is the only place for its id, status and message.

    `message` may name words in braces, which are passed when the error is raised.
    """

    id: ClassVar[str]
    status: ClassVar[int]
    message: ClassVar[str]
    resource: ClassVar[str | None] = None
    url: ClassVar[str] = f"{REFERENCE}#errors"

    def __init__(self, **words: object) -> None:
        super().__init__(redaction.redact_keys(self.message.format(**words)))

    def document(self) -> dict[str, str]:
        named = {"resource": self.resource} if self.resource else {}
        return {**named, "id": self.id, "message": str(self), "url": self.url}

    def headers(self) -> dict[str, str]:
        return {}


class NotFoundError(ApiError):
    """A resource was not found. Clients check the id: "not_found" means that it is gone."""

    id = "not_found"
    status = 404


class ForbiddenError(ApiError):
    id = "forbidden"
    status = 403


class ParamsError(ApiError):
    id = "invalid_params"
    status = 422


class BodyError(ApiError):
    id = "bad_request"
    status = 400
    message = "The request body is not a JSON object."


class BodySizeError(ApiError):
    id = "bad_request"
    status = 413
    message = "The request body is larger than {limit} bytes."


class BodyBrokenOffError(ApiError):
    id = "bad_request"
    status = 400
    message = "The request body ended early."


class BodyPackedError(ApiError):
    id = "bad_request"
    status = 400
    message = "The request body is not gzip, although its Content-Encoding is gzip."


class BodyCodingError(ApiError):
    """The body has an unsupported Content-Encoding.  RFC 9110 section 15.5.16."""

    id = "unsupported_media_type"
    status = 415
    message = (
        "The request body's Content-Encoding is {coding}: send it without one, or compressed "
        "with gzip."
    )

    def headers(self) -> dict[str, str]:
        return {"Accept-Encoding": "gzip"}


class NoCredentialsError(ApiError):
    id = "unauthorized"
    status = 401
    message = (
        "There were no credentials in your `Authorization` header. Try `Authorization: Bearer "
        '<OAuth access token>` or `Authorization: Basic <base64-encoded email + ":" + password>`.'
    )


class CredentialsError(ApiError):
    id = "unauthorized"
    status = 401
    message = "Invalid credentials provided."


class AcceptError(ApiError):
    id = "not_acceptable"
    status = 406
    message = (
        "Please specify a version along with Heroku's API MIME type, as in "
        "`Accept: application/vnd.heroku+json; version=3`."
    )


class EndpointNotFoundError(NotFoundError):
    message = "The local Heroku has no endpoint {method} {path}."


class ForeignOriginError(ForbiddenError):
    message = "A page of {origin} may not call the local Heroku."


class HostError(ApiError):
    id = "bad_request"
    status = 421
    message = (
        "Unknown host {host}. The Platform API is at 127.0.0.1, an app at <app>.localhost or at "
        "a domain added to it."
    )


class RangeError(ApiError):
    """An invalid `Range`; `fields` are those that sort the list, the default first."""

    id = "requested_range_not_satisfiable"
    status = 416

    def __init__(self, fields: Sequence[str]) -> None:
        super().__init__(field=fields[0])
        self._fields = fields

    def headers(self) -> dict[str, str]:
        return {"Accept-Ranges": ", ".join(self._fields)}


class RangeOrderError(RangeError):
    """The list cannot be sorted by that field.

    https://github.com/heroku/terraform-provider-heroku/issues/379
    """

    message = (
        "Requested range order is not allowed, please try `{field}` or another specified in "
        "`Accept-Ranges`."
    )


class RangeFormError(RangeError):
    message = (
        "Requested range is not understood, please write `{field} ..; max=200` or a range that "
        "`Next-Range` gave."
    )


class UnknownFieldsError(ParamsError):
    message = "Unknown params: {names}. This endpoint takes: {known}."

    def __init__(self, *, names: Sequence[str], known: Iterable[str]) -> None:
        super().__init__(names=", ".join(names), known=", ".join(known) or "nothing")
        self.names = names


class MissingFieldsError(ParamsError):
    message = "Require params: {names}."


class FieldShapeError(ParamsError):
    message = "Param {name} must be {description}."


class DiskFullError(ApiError):
    id = "disk_full"
    status = 507
    message = (
        "The disk of the local Heroku is full: free some space and call again. "
        "This call stored nothing."
    )


class NotStartedError(ApiError):
    id = "service_unavailable"
    status = 503
    message = "The local Heroku could not start again: {reason}."


class GitMissingError(ApiError):
    id = "service_unavailable"
    status = 503
    message = (
        "The local Heroku cannot find Git: install git, or start the local Heroku with `git` in "
        "the PATH, and try again."
    )


class InternalError(ApiError):
    id = "internal_server_error"
    status = 500
    message = (
        "The local Heroku failed at {method} {path}; its log has the reason (Request-Id "
        "{request_id})."
    )
