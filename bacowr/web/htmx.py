"""What htmx asks and is answered: a part of a page in place of the whole."""

from urllib.parse import urlsplit

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue


def is_partial() -> bool:
    """Tell whether the request is htmx's, for a part of a page."""
    return request.headers.get("HX-Request") == "true"


def go(address: str) -> ResponseReturnValue:
    """Send the browser to an address of this site, whoever asks."""
    if is_partial():
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address, 303)


def to_notices(body: str, status: int) -> Response:
    """Answer htmx with something that belongs among the page's notices, wherever it asked for."""
    headers = {"HX-Retarget": "#notices", "HX-Reswap": "innerHTML"}
    return Response(body, status, headers)


def page_address() -> str:
    """Return the address of the page that the person sees, within this site."""
    if not is_partial():
        return request.full_path.rstrip("?") if request.method == "GET" else "/"
    parts = urlsplit(request.headers.get("HX-Current-URL", ""))
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"


def safe_next(text: str | None) -> str:
    r"""Return the address to go on to after signing in: one of this site's, else its front page.

    Browsers read a backslash as a slash and skip control characters, so `/\evil.example` and
    `/<tab>/evil.example` are refused along with `//evil.example`.
    """
    if not text or not text.startswith("/") or "\\" in text or not text.isprintable():
        return url_for("web.jobs.home")
    parts = urlsplit(text)
    inside = not parts.scheme and not parts.netloc and not text.startswith("//")
    return text if inside else url_for("web.jobs.home")
