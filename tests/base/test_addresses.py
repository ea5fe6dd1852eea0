"""Which addresses may be called."""

import ipaddress
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bacowr.base import addresses
from bacowr.base.addresses import AddressRefused
from bacowr.base.http import (
    Outgoing,
    Unreachable,
)
from tests.plugins.resolver import answers


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("javascript:alert(1)", "http and https"),
        ("file:///etc/passwd", "http and https"),
        ("https://", "no host"),
        ("https://a b.se/", "spaces"),
        ("https://a.se\\@b.se/", "backslashes"),
        ("https://user:pass@a.se/", "password"),
        ("https://a.se:99999/", "read as a URL"),
        ("https://[::1/", "read as a URL"),
        ("https://a.se:8080/", "ports 80 and 443"),
        ("https://localhost/", "private"),
        ("https://printer.local/", "private"),
        ("http://metadata.google.internal/", "private"),
        ("http://127.0.0.1/", "private"),
        ("http://127.1/", "private"),
        ("http://0/", "private"),
        ("http://2130706433/", "private"),
        ("http://0x7f.0.0.1/", "private"),
        ("http://169.254.169.254/", "private"),
        ("http://100.64.1.1/", "private"),
        ("http://192.168.1.1/", "private"),
        ("http://172.16.0.1/", "private"),
        ("http://224.0.0.1/", "private"),
        ("http://255.255.255.255/", "private"),
        ("http://[::]/", "private"),
        ("http://[::ffff:10.0.0.1]/", "private"),
        ("http://[64:ff9b::7f00:1]/", "private"),
        ("http://[fd00::1]/", "private"),
        ("http://[fe80::1]/", "private"),
        ("http://[2002:7f00:1::]/", "private"),
    ],
)
def test_an_address_that_leads_inside_or_nowhere_is_refused(url: str, why: str) -> None:
    with pytest.raises(AddressRefused, match=why):
        Outgoing().check_address(url)


@pytest.mark.parametrize("url", ["http://93.184.215.14/", "https://[2606:2800:21f::1]/x?y#z"])
def test_a_public_address_passes(url: str) -> None:
    Outgoing().check_address(url)


def test_a_public_name_that_resolves_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answers("10.0.0.8"))
    with pytest.raises(AddressRefused, match="intranet"):
        Outgoing().check_address("https://intranet.example/")


def test_a_slow_resolver_does_not_hold_up_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def hang(*_: object, **__: object) -> list[object]:
        release.wait(5)
        return []

    monkeypatch.setattr(addresses, "RESOLVE_SECONDS", 0.05)
    monkeypatch.setattr(socket, "getaddrinfo", hang)
    try:
        Outgoing().check_address("https://slow.example/")
    finally:
        release.set()


def test_a_named_host_passes_at_its_port_only() -> None:
    outgoing = Outgoing(frozenset({"localhost:8080", "127.0.0.1:80"}))
    outgoing.check_address("http://localhost:8080/x")
    outgoing.check_address("http://127.0.0.1/x")
    with pytest.raises(AddressRefused):
        outgoing.check_address("http://localhost:8081/x")


def test_a_named_host_at_the_common_port_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    reached: list[object] = []

    def refuse(_: socket.socket, address: object) -> None:
        reached.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", refuse)
    with pytest.raises(Unreachable):
        Outgoing(frozenset({"127.0.0.1:80"})).get("http://127.0.0.1/")
    assert reached == [("127.0.0.1", 80)]


def test_a_front_page_is_looked_for_under_https_first() -> None:
    assert Outgoing().home_urls("a.se") == (
        "https://a.se/",
        "https://www.a.se/",
        "http://a.se/",
    )


def test_a_named_host_has_its_front_page_at_its_port() -> None:
    outgoing = Outgoing(frozenset({"localhost:8080", "other:1"}))
    assert outgoing.home_urls("localhost") == ("http://localhost:8080/",)


@given(st.ip_addresses(v=4))
def test_no_private_address_is_public(ip: ipaddress.IPv4Address) -> None:
    if ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast:
        assert not addresses.is_public(ip)


@given(st.ip_addresses(v=4))
def test_a_mapped_address_counts_as_what_it_maps(ip: ipaddress.IPv4Address) -> None:
    mapped = ipaddress.IPv6Address(f"::ffff:{ip}")
    assert addresses.is_public(mapped) == addresses.is_public(ip)


@given(
    st.text(max_size=60).flatmap(
        lambda end: st.sampled_from(["", "http://", "https://a"]).map(lambda start: start + end)
    )
)
def test_any_text_is_either_passed_or_refused(text: str) -> None:
    try:
        parts = addresses.split(text)
    except AddressRefused:
        return
    assert parts.hostname
    assert parts.scheme in {"http", "https"}
