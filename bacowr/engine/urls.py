"""Addresses as text: one spelling for storing, one for comparing, and the domain in them."""

import re
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit, urlunsplit

import idna
import tldextract

DEFAULT_PORTS = {"http": 80, "https": 443}

_ONE_SLASH = re.compile(r"^(https?):/(?=[^/])", re.IGNORECASE)
_KEPT_IN_PATH = "/%:@!$&'()*+,;=-._~"
_KEPT_IN_QUERY = _KEPT_IN_PATH + "?[]"
# The public suffix list that ships with the package: nothing is fetched at run time.
_suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def a_label(host: str) -> str:
    """Spell a host in lower case and plain ASCII (`räv.se` becomes `xn--rv-via.se`).

    Raise ValueError when it is no valid host name.
    """
    if host.isascii():
        return host.lower().rstrip(".")
    try:
        return idna.encode(host.rstrip("."), uts46=True).decode("ascii").lower()
    except idna.IDNAError as error:
        raise ValueError("not a valid international domain name") from error


def normalize(url: str) -> str:
    """Give a URL its one spelling for storing.

    Scheme and host lower case, host as A-label, no default port, `/` for an empty path,
    everything else percent-encoded where it must be. Repairs `https:/x`. Raise ValueError when
    the text cannot be read as a URL.
    """
    parts = urlsplit(_ONE_SLASH.sub(r"\1://", url.strip()))
    return urlunsplit(
        (
            parts.scheme.lower(),
            _netloc(parts),
            quote(parts.path, safe=_KEPT_IN_PATH) or "/",
            quote(parts.query, safe=_KEPT_IN_QUERY),
            quote(parts.fragment, safe=_KEPT_IN_QUERY),
        )
    )


def comparable(url: str) -> str:
    """Spell a URL so that two that mean the same page are equal.

    Beyond `normalize`: no fragment, no `utm_*` (domain 1.4), https for http, no `www.`, no
    closing slash. For comparing only; never fetch or store it.
    """
    parts = urlsplit(normalize(url))
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = urlencode([(k, v) for k, v in pairs if not k.lower().startswith("utm_")])
    host = parts.netloc.removeprefix("www.")
    return urlunsplit(("https", host, parts.path.rstrip("/"), query, ""))


def host_of(url: str) -> str:
    """Give a URL's host in lower case, without `www.` and port; empty when it has none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def registrable(host: str) -> str:
    """Give the registrable domain of a host (`news.bbc.co.uk` → `bbc.co.uk`).

    A host without a public suffix (`localhost`, `shop.example`, an IP address) stays whole.
    """
    return _suffixes(host).top_domain_under_public_suffix or host.removeprefix("www.")


def domain_label(host: str) -> str:
    """Give the part of a domain that carries a name (`www.acme-shop.co.uk` → `acme-shop`)."""
    return _suffixes(host).domain or host


def same_site(one: str, other: str) -> bool:
    """Tell whether two URLs lie on one registrable domain, and on one port."""
    first, second = urlsplit(one), urlsplit(other)
    if first.port != second.port:
        return False
    return registrable(first.hostname or "") == registrable(second.hostname or "")


def _netloc(parts: SplitResult) -> str:
    host = a_label(parts.hostname or "")
    host = f"[{host}]" if ":" in host else host
    user, at, _ = parts.netloc.rpartition("@")
    if parts.port is None or parts.port == DEFAULT_PORTS.get(parts.scheme.lower()):
        return f"{user}{at}{host}"
    return f"{user}{at}{host}:{parts.port}"
