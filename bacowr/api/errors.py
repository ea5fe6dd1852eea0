"""Every error as problem details (RFC 9457), with the `detail` text that older clients read."""

from collections.abc import Mapping, Sequence

import structlog
from flask import Response, g, jsonify
from marshmallow import Schema, fields
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from bacowr.base.errors import BacowrError, QuotaSpent, Unauthenticated

PROBLEM = "application/problem+json"
LOWEST_ERROR = 400
KEPT_HEADERS = frozenset({"Allow", "Retry-After"})
WHY_NOT: dict[int, str] = {
    404: "There is nothing at this address.",
    405: "This address does not take this method; see the Allow header.",
    413: "The body is larger than 2 MiB.",
}

log = structlog.get_logger(__name__)


class ProblemSchema(Schema):
    """Why a request failed (RFC 9457)."""

    type = fields.String(required=True, metadata={"example": "about:blank"})
    title = fields.String(
        required=True, metadata={"description": "The status in words.", "example": "Not Found"}
    )
    status = fields.Integer(required=True, metadata={"example": 404})
    detail = fields.String(
        required=True,
        metadata={"description": "What went wrong.", "example": "There is no such job."},
    )
    request_id = fields.String(
        required=True,
        metadata={"description": "Name this when you report a fault; also in `X-Request-ID`."},
    )
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "For each input that can't be taken, every reason."},
    )


def answer(error: Exception) -> Response:
    """Turn an error into its answer; what nobody foresaw is logged and told by its id alone."""
    if isinstance(error, BacowrError):
        response = problem(error.status, error.message, errors=error.fields)
        if isinstance(error, Unauthenticated):
            response.headers["WWW-Authenticate"] = 'Bearer realm="bacowr"'
        if isinstance(error, QuotaSpent):
            response.headers["Retry-After"] = str(error.retry_after_seconds)
        return response
    if isinstance(error, HTTPException):
        return _http(error)
    log.error("unforeseen", exc_info=error)
    return problem(500, f"Something went wrong ({g.request_id}).")


def problem(
    status: int, detail: str, *, errors: Mapping[str, Sequence[str]] | None = None
) -> Response:
    """Return a problem details answer; `errors` maps an input's name to what is wrong with it."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES.get(status, "Error"),
        "status": status,
        "detail": detail,
        "request_id": g.get("request_id"),
    }
    if errors:
        body["errors"] = errors
    response = jsonify(body)
    response.status_code, response.mimetype = status, PROBLEM
    return response


def _http(error: HTTPException) -> Response:
    """Answer what the framework refused; a redirect stays one."""
    if error.code is None or error.code < LOWEST_ERROR:
        return error.get_response()  # type: ignore[return-value]  # Flask serves Werkzeug's too.
    response = problem(error.code, WHY_NOT.get(error.code, error.description or ""))
    for name, value in error.get_headers():
        if name in KEPT_HEADERS:
            response.headers[name] = value
    return response
