"""What every answer carries: the request's id, and what a browser may do with it."""

import re
import time

import structlog
from flask import Response, g, request

from bacowr.base.types import new_id

REQUEST_ID = re.compile(r"^[\w.-]{8,64}$")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
        " form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

log = structlog.get_logger("bacowr.request")


def begin() -> None:
    """Give the request an id (the proxy's, if it sent one) that every log line of it carries."""
    sent = request.headers.get("X-Request-ID", "")
    g.request_id = sent if REQUEST_ID.match(sent) else new_id()
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def finish(response: Response) -> Response:
    """Put the headers on the answer and write one log line."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-ID"] = g.request_id
    if g.get("user") is not None:
        response.headers.setdefault("Cache-Control", "private, no-store")
    took = time.perf_counter() - g.began
    log.info(
        "request",
        method=request.method,
        path=request.path,
        status=response.status_code,
        milliseconds=round(took * 1000, 1),
    )
    return response
