"""Every error as a page; as a notice on the page that asked, when htmx did."""

import structlog
from flask import Response, g, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from bacowr.base.errors import BacowrError, QuotaSpent, Unauthenticated
from bacowr.web import htmx

BUG = 500
TITLES = {
    403: "You can't do that",
    404: "Nothing here",
    405: "That doesn't work here",
    409: "Something changed meanwhile",
    413: "That is too large",
    422: "That can't be taken",
    429: "Not so fast",
    500: "Something went wrong",
    502: "A service doesn't answer",
    503: "Back soon",
}

# Where there is nothing, the words of the framework say no more than the title.
WORDS = {
    404: "There is no such page, or it isn't yours to see.",
    405: "This address is for something else. Go back and try from there.",
}

log = structlog.get_logger(__name__)


def answer(error: Exception) -> ResponseReturnValue:
    """Turn an error into its answer; what nobody foresaw is logged and told by its id alone."""
    if isinstance(error, HTTPException):
        return _answer_http(error)
    if isinstance(error, Unauthenticated):
        return htmx.go(url_for("web.sessions.new", next=htmx.page_address()))
    if isinstance(error, QuotaSpent):
        response = _tell(error.status, error.message)
        response.headers["Retry-After"] = str(error.retry_after_seconds)
        return response
    if isinstance(error, BacowrError):
        return _tell(error.status, error.message)
    log.error("unforeseen", exc_info=error)
    return _tell(BUG, "This was not your doing. It has been noted; try again in a while.")


def _answer_http(error: HTTPException) -> Response:
    status = error.code or BUG
    response = _tell(status, WORDS.get(status) or error.description or "")
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _tell(status: int, message: str) -> Response:
    told = {
        "status": status,
        "title": TITLES.get(status) or HTTP_STATUS_CODES.get(status, "Error"),
        "message": message,
        "request_id": g.get("request_id"),
    }
    if htmx.is_partial():
        return htmx.to_notices(render_template("errors/_notice.html", **told), status)
    return Response(render_template("errors/show.html", **told), status)
