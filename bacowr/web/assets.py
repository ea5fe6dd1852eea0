"""The files that pages need besides HTML: served compressed, and kept by browsers for a year."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, request, url_for
from werkzeug.security import safe_join

from bacowr.base.errors import NotFound
from bacowr.gate.guard import public

FOLDER = Path(__file__).parent / "static"
TEXTS = frozenset({".css", ".js", ".svg"})
FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, max-age=0, must-revalidate"

bp = Blueprint("assets", __name__)


@dataclass(frozen=True)
class Asset:
    """One file: its bytes, the same compressed if that is worth it, and its digest."""

    mimetype: str
    digest: str
    body: bytes
    packed: bytes | None


@cache
def _read(path: Path) -> Asset:
    body = path.read_bytes()
    return Asset(
        mimetype=mimetypes.guess_type(path.name)[0] or "application/octet-stream",
        digest=hashlib.sha256(body).hexdigest()[:16],
        body=body,
        packed=gzip.compress(body, mtime=0) if path.suffix in TEXTS else None,
    )


def get(name: str) -> Asset:
    """Return the file of this name; raise NotFound when there is none in the folder."""
    path = safe_join(str(FOLDER), name)
    if path is None or not Path(path).is_file():
        raise NotFound("There is no such file.")
    return _read(Path(path))


def url(name: str) -> str:
    """Return the file's address, which changes whenever the file does."""
    return url_for("web.assets.static", filename=name, v=get(name).digest)


@bp.get("/static/<path:filename>")
@public
def static(filename: str) -> Response:
    """Send a file; one that is asked for by its digest may be kept for good."""
    asset = get(filename)
    packed = asset.packed if request.accept_encodings.quality("gzip") else None
    response = Response(packed or asset.body, mimetype=asset.mimetype)
    response.headers["Cache-Control"] = (
        FOREVER if request.args.get("v") == asset.digest else ASK_AGAIN
    )
    response.vary.add("Accept-Encoding")
    response.set_etag(f"{asset.digest}-gzip" if packed else asset.digest)
    if packed:
        response.content_encoding = "gzip"
    response.make_conditional(request)
    return response
