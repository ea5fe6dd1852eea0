"""Web addresses as people read them, and as they may be followed."""

from urllib.parse import unquote, urlsplit

import idna

FOLLOWED = frozenset({"http", "https"})


def domain(name: str) -> str:
    """Return a domain as people write it: `xn--rv-via.se` is `räv.se`."""
    try:
        return idna.decode(name)
    except (idna.IDNAError, UnicodeError):
        return name


def readable(url: str) -> str:
    """Return an address without its scheme, its closing slash and its percent signs."""
    try:
        parts = urlsplit(url)
        host, port = domain(parts.hostname or ""), parts.port
    except ValueError:
        return url
    if parts.scheme not in FOLLOWED or not host:
        return url
    shown = f"{host}:{port}" if port else host
    shown += unquote(parts.path).rstrip("/")
    shown += f"?{parts.query}" if parts.query else ""
    return shown if shown.isprintable() else url


def is_followed(url: str) -> bool:
    """Tell whether an address may become a link: a web page, and no script."""
    return url.lower().startswith(("http://", "https://"))
