"""Which internet addresses this product may call: public hosts on ports 80 and 443."""

import ipaddress
import re
import socket
import threading
from urllib.parse import SplitResult, urlsplit

SCHEMES = {"http": 80, "https": 443}
RESOLVE_SECONDS = 3.0

# What `is_global` lets through on some Python versions although it leads inside: IPv4 in disguise
# (compatible, translated, 6to4), segment routing, documentation and overlay ranges.
_INWARD = tuple(
    ipaddress.ip_network(block)
    for block in (
        "::/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/23",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fec0::/10",
        "100.64.0.0/10",
        "168.63.129.16/32",
        "192.0.0.0/24",
        "192.88.99.0/24",
    )
)
_UNSAFE_CHARACTERS = re.compile(r"[\x00-\x20\x7f\\]")

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefused(ValueError):  # noqa: N818 - named for what happened, as in base.errors.
    """An address that must not be called; the text says why in one sentence."""


def is_public(ip: IpAddress) -> bool:
    """Tell whether an IP address lies on the open internet.

    Private, loopback, link-local (cloud metadata), shared (CGNAT), multicast, reserved and
    translated ranges do not; an IPv4-mapped IPv6 address counts as the IPv4 address in it.
    """
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if ip.is_multicast or ip.is_reserved or not ip.is_global:
        return False
    return not any(ip in block for block in _INWARD)


def split(url: str) -> SplitResult:
    """Take an http or https address apart; raise AddressRefused when it is not one."""
    if _UNSAFE_CHARACTERS.search(url):
        raise AddressRefused("The address holds spaces, control characters or backslashes.")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise AddressRefused("The address cannot be read as a URL.") from error
    if parts.scheme not in SCHEMES:
        raise AddressRefused("Only http and https addresses can be used.")
    if not parts.hostname:
        raise AddressRefused("The address names no host.")
    if "@" in parts.netloc:
        raise AddressRefused("The address must not carry a user name or password.")
    return parts


def host_and_port(parts: SplitResult) -> str:
    """Give the `host:port` that an address leads to, with the scheme's own port filled in."""
    return f"{(parts.hostname or '').lower()}:{parts.port or SCHEMES[parts.scheme]}"


def resolve(host: str) -> tuple[IpAddress, ...]:
    """Look up a host's IP addresses; empty when it has none or the lookup takes too long."""
    found: list[IpAddress] = []

    def look_up() -> None:
        try:
            answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend(ipaddress.ip_address(str(a[4][0]).partition("%")[0]) for a in answers)

    # The system's resolver cannot be given a time limit, so it runs beside.
    worker = threading.Thread(target=look_up, daemon=True, name="resolve")
    worker.start()
    worker.join(RESOLVE_SECONDS)
    return tuple(found)


def check(url: str, allow_hosts: frozenset[str] = frozenset()) -> bool:
    """Raise AddressRefused when an address may not be called; else tell whether its host is found.

    A host that cannot be found is not refused: it may be there when the page is read. Hosts in
    `allow_hosts` (`host:port`) pass whatever they resolve to.
    """
    host = check_written(url, allow_hosts)
    if host is None:
        return True
    found = resolve(host)
    if not all(map(is_public, found)):
        raise AddressRefused(f"{host} leads to a private or internal address.")
    return bool(found)


def check_written(url: str, allow_hosts: frozenset[str] = frozenset()) -> str | None:
    """Raise AddressRefused for what is wrong with an address as it is written; ask nobody.

    Give the host that is still to be looked up; None for one in `allow_hosts`.
    """
    parts = split(url)
    if host_and_port(parts) in allow_hosts:
        return None
    if (parts.port or SCHEMES[parts.scheme]) not in SCHEMES.values():
        raise AddressRefused("Only the ports 80 and 443 can be used.")
    host = (parts.hostname or "").rstrip(".")
    if host == "localhost" or host.endswith((".localhost", ".internal", ".local")):
        raise AddressRefused(f"{host} is a private address.")
    if _is_inward(host):
        raise AddressRefused(f"{host} leads to a private or internal address.")
    return host


def _is_inward(host: str) -> bool:
    try:
        return not is_public(ipaddress.ip_address(host))
    except ValueError:
        return False  # A name, not a number.
