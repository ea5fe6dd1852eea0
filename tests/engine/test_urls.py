"""Addresses as text."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bacowr.engine import urls

hosts = st.from_regex(r"[a-z][a-z0-9]{0,8}(\.[a-z]{2,5}){1,2}", fullmatch=True)
addresses = st.builds(
    "{}://{}{}{}".format,
    st.sampled_from(["http", "https", "HTTPS"]),
    hosts,
    st.sampled_from(["", ":80", ":443", ":8080"]),
    st.text("abåö/?&=#%. -_~:+", max_size=30).map(lambda tail: f"/{tail}" if tail else ""),
)


@given(addresses)
def test_normalizing_twice_changes_nothing_more(url: str) -> None:
    once = urls.normalize(url)
    assert urls.normalize(once) == once
    assert once.isascii()


@given(addresses)
def test_comparing_does_not_care_for_spelling(url: str) -> None:
    assert urls.comparable(urls.normalize(url)) == urls.comparable(url)


@given(hosts, st.text("abc", max_size=5), st.text("abc", max_size=5))
def test_campaign_marks_do_not_tell_pages_apart(host: str, value: str, path: str) -> None:
    plain = f"https://{host}/{path}"
    assert urls.comparable(f"{plain}?utm_source={value}") == urls.comparable(plain)
    assert urls.comparable(f"{plain}?b={value}x") != urls.comparable(plain)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.a.se/x/", "https://a.se/x"),
        ("https://a.se/x#top", "https://a.se/x"),
        ("https://a.se/?UTM_Campaign=1", "https://a.se"),
        ("https://RÄV.se/", "https://xn--rv-via.se/"),
    ],
)
def test_two_spellings_of_one_page_compare_equal(one: str, other: str) -> None:
    assert urls.comparable(one) == urls.comparable(other)


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.cdn.se", "cdn.se"),
        ("dn.se", "dn.se"),
        ("news.bbc.co.uk", "bbc.co.uk"),
        ("shop.varmebutiken.example", "shop.varmebutiken.example"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
    ],
)
def test_the_registrable_domain_follows_the_public_suffix_list(host: str, domain: str) -> None:
    assert urls.registrable(host) == domain


def test_a_domain_label_is_the_name_in_it() -> None:
    assert urls.domain_label("www.acme-shop.co.uk") == "acme-shop"


def test_an_ipv6_host_keeps_its_brackets() -> None:
    assert urls.normalize("http://[2001:DB8::1]:8080/x") == "http://[2001:db8::1]:8080/x"


def test_a_user_name_is_not_lost_silently() -> None:
    assert urls.normalize("https://me@a.se/") == "https://me@a.se/"


def test_a_host_of_nonsense_is_none() -> None:
    assert urls.host_of("https://[x/") == ""


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://site.se/x", "https://blogg.site.se/y", True),
        ("https://a.se/", "https://b.se/", False),
        ("http://localhost:1/", "http://localhost:2/", False),
    ],
)
def test_one_site_is_one_registrable_domain_and_port(one: str, other: str, *, same: bool) -> None:
    assert urls.same_site(one, other) is same


@given(st.text(max_size=20))
def test_a_label_is_plain_or_refused(host: str) -> None:
    try:
        label = urls.a_label(host)
    except ValueError:
        assume(not host.isascii())
        return
    assert label.isascii()
    assert label == label.lower()
