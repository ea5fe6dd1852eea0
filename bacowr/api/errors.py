"""Every error as problem details (RFC 9457), with the `detail` text that older clients read."""

import structlog
from flask import Response, g, jsonify
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from bacowr.base.errors import BacowrError

PROBLEM = "application/problem+json"

log = structlog.get_logger(__name__)


def answer(error: Exception) -> Response:
    """Turn an error into its answer; what nobody foresaw is logged and told by its id alone."""
    if isinstance(error, BacowrError):
        return problem(error.status, error.message, errors=error.fields)
    if isinstance(error, HTTPException):
        response = problem(error.code or 500, error.description or "", errors=_fields(error))
        for name, value in error.get_headers():
            if name in {"Allow", "Retry-After"}:
                response.headers[name] = value
        return response
    log.error("unforeseen", exc_info=error)
    return problem(500, f"Something went wrong ({g.request_id}).")


def problem(status: int, detail: str, *, errors: dict[str, list[str]] | None = None) -> Response:
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


def _fields(error: HTTPException) -> dict[str, list[str]]:
    """Return the field messages that webargs leaves on its 422, without where they were found."""
    data = getattr(error, "data", None) or {}
    found: dict[str, list[str]] = {}
    for place in data.get("messages", {}).values():
        if isinstance(place, dict):
            found.update({name: _texts(texts) for name, texts in place.items()})
    return found


def _texts(texts: object) -> list[str]:
    return [str(text) for text in texts] if isinstance(texts, list) else [str(texts)]
