"""The order: what is taken, what is refused, and in what words."""

import ipaddress
import string
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bacowr.base import addresses
from bacowr.base.addresses import AddressRefused
from bacowr.base.errors import Invalid
from bacowr.base.http import Outgoing
from bacowr.engine.order import AnchorType, LlmProvider, Order, WritingStrategy, parse_order
from bacowr.engine.shapes import from_json, to_json

LOCAL = Outgoing(frozenset({"localhost:8080"}))
GOOD = {
    "publisher_domain": "example.com",
    "target_url": "https://example.org/page",
    "anchor_text": "a good page",
}


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Literal addresses resolve to themselves; no name resolves."""
    monkeypatch.setattr(addresses, "resolve", literal)


def literal(host: str) -> tuple[addresses.IpAddress, ...]:
    known = {"10.0.0.1": "10.0.0.1", "127.0.0.1": "127.0.0.1", "169.254.169.254": "169.254.169.254"}
    return (ipaddress.ip_address(known[host]),) if host in known else ()


def parsed(outgoing: Outgoing = LOCAL, **fields: object) -> Order:
    return parse_order({**GOOD, **fields}, outgoing=outgoing)


def faults(outgoing: Outgoing = LOCAL, **fields: object) -> Mapping[str, list[str]]:
    with pytest.raises(Invalid) as caught:
        parsed(outgoing, **fields)
    return caught.value.fields


def test_three_fields_make_an_order() -> None:
    order = parsed()
    assert order == Order("example.com", "https://example.org/page", "a good page")
    assert order.language is None
    assert order.country == "se"
    assert order.llm_provider is LlmProvider.AUTO
    assert order.writing_strategy is WritingStrategy.MULTI_STAGE
    assert order.use_ahrefs
    assert order.enable_llm_profiling


def test_every_choice_is_honored() -> None:
    order = parsed(
        language="EN",
        country="GB",
        llm_provider="google",
        writing_strategy="single_shot",
        anchor_type="brand",
        use_ahrefs=False,
        enable_llm_profiling="false",
    )
    assert (order.language, order.country) == ("en", "gb")
    assert order.llm_provider is LlmProvider.GOOGLE
    assert order.writing_strategy is WritingStrategy.SINGLE_SHOT
    assert order.anchor_type is AnchorType.BRAND
    assert not order.use_ahrefs
    assert not order.enable_llm_profiling


def test_all_faults_come_at_once() -> None:
    assert set(faults(publisher_domain="", target_url=None, anchor_text=" ", country="x")) == {
        "publisher_domain",
        "target_url",
        "anchor_text",
        "country",
    }


def test_unknown_fields_are_left_alone() -> None:
    assert parsed(customer="someone") == parsed()


def test_nothing_at_all_names_the_three_required_fields() -> None:
    with pytest.raises(Invalid) as caught:
        parse_order({}, outgoing=LOCAL)
    assert set(caught.value.fields) == {"publisher_domain", "target_url", "anchor_text"}


@pytest.mark.parametrize(
    ("domain", "message"),
    [
        ("https://example.com", "http"),
        ("example.com/path", "path"),
        ("example.com:8080", "port"),
        ("exam ple.com", "spaces"),
        ("ab", "3 to 255"),
        ("a" * 250 + ".example", "3 to 255"),
        ("example", "valid domain"),
        ("-bad-.com", "valid domain"),
        ("a..com", "valid domain"),
        ("10.0.0.1", "private"),
        ("8.8.8.8", "valid domain"),
        ("localhost", "private"),
        ("☃\u200b.com", "valid domain"),
        (7, "text"),
    ],
)
def test_a_bad_publisher_is_refused(domain: object, message: str) -> None:
    (said,) = faults(Outgoing(), publisher_domain=domain)["publisher_domain"]
    assert message in said


def test_a_whole_address_as_publisher_is_told_all_its_faults() -> None:
    assert len(faults(publisher_domain="https://example.com:80/x")["publisher_domain"]) == 3


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Example.COM", "example.com"),
        ("www.example.com", "example.com"),
        (" example.com ", "example.com"),
        ("räksmörgås.se", "xn--rksmrgs-5wao1o.se"),
        ("RÄKSMÖRGÅS.SE", "xn--rksmrgs-5wao1o.se"),
        ("example.com.", "example.com"),
    ],
)
def test_a_publisher_is_kept_in_one_spelling(given: str, kept: str) -> None:
    assert parsed(publisher_domain=given).publisher_domain == kept


def test_a_host_named_for_tests_may_be_a_publisher() -> None:
    assert parsed(publisher_domain="localhost").publisher_domain == "localhost"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("javascript:alert(1)", "http and https"),
        ("data:text/html,x", "http and https"),
        ("ftp://example.org/", "http and https"),
        ("example.org/page", "http and https"),
        ("http://x/", "10 to 2,048"),
        ("https://example.org/" + "a" * 2048, "10 to 2,048"),
        ("https://example.org/" + "å" * 1000, "10 to 2,048"),
        ("http://10.0.0.1/x", "private"),
        ("http://127.0.0.1:80/", "private"),
        ("http://169.254.169.254/latest", "private"),
        ("https://example.org:8443/", "ports"),
        ("https://user:pw@example.org/", "password"),
        ("https://exa mple.org/", "spaces"),
        ("https://[broken/page", "web address"),
        ("https://\u200b\u200b.\u200b/", "web address"),
        (["https://example.org/"], "text"),
    ],
)
def test_a_bad_target_is_refused(url: object, message: str) -> None:
    (said,) = faults(target_url=url)["target_url"]
    assert message in said


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("HTTPS://Example.ORG", "https://example.org/"),
        ("https:/example.org/x", "https://example.org/x"),
        ("https://example.org:443/x?utm_source=a#b", "https://example.org/x?utm_source=a#b"),
        ("https://räv.se/å", "https://xn--rv-via.se/%C3%A5"),
        ("http://localhost:8080/x", "http://localhost:8080/x"),
    ],
)
def test_a_target_is_kept_in_one_spelling(given: str, kept: str) -> None:
    assert parsed(target_url=given).target_url == kept


def test_a_target_that_cannot_be_found_is_left_to_the_fetch() -> None:
    assert parsed(target_url="https://nowhere.example/").target_url == "https://nowhere.example/"


def test_an_anchor_keeps_its_case_and_loses_extra_space() -> None:
    assert parsed(anchor_text="  Läs \n MER ").anchor_text == "Läs MER"


@pytest.mark.parametrize("anchor", ["x" * 501, "a\u202eb", "a\x00b"])
def test_a_bad_anchor_is_refused(anchor: str) -> None:
    assert "anchor_text" in faults(anchor_text=anchor)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("language", "swe"),
        ("language", "qq"),
        ("country", "sweden"),
        ("country", "uk"),
        ("llm_provider", "mistral"),
        ("writing_strategy", "fast"),
        ("anchor_type", "blue"),
        ("use_ahrefs", "maybe"),
        ("enable_llm_profiling", 2),
    ],
)
def test_a_bad_choice_is_refused_by_name(field: str, value: object) -> None:
    assert list(faults(Outgoing(), **{field: value})) == [field]


@pytest.mark.parametrize("value", [True, "true", "ON", "1", None, ""])
def test_a_flag_left_out_or_true_is_true(value: object) -> None:
    assert parsed(use_ahrefs=value).use_ahrefs


def test_an_order_survives_json() -> None:
    order = parsed(language="sv", anchor_type="exact")
    assert from_json(Order, to_json(order)) == order


def test_a_refusal_is_passed_on_in_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AddressRefused("Not today.")

    monkeypatch.setattr(addresses, "check", refuse)
    assert faults()["target_url"] == ["Not today."]


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "publisher_domain": st.text(max_size=40) | st.integers(),
            "target_url": st.text(max_size=60)
            | st.text(string.printable, max_size=40).map("https://".__add__),
            "anchor_text": st.text(max_size=20),
            "language": st.text(max_size=3),
            "country": st.none() | st.text(max_size=3),
            "use_ahrefs": st.booleans() | st.text(max_size=5),
        },
    )
)
def test_any_fields_make_an_order_or_are_refused_with_words(fields: dict[str, object]) -> None:
    refusal, order = None, None
    try:
        order = parse_order(fields, outgoing=Outgoing())
    except Invalid as invalid:
        refusal = invalid.fields
    if order is not None:
        assert parse_order(to_json(order), outgoing=Outgoing()) == order
    else:
        assert refusal
        assert all(texts and all(texts) for texts in refusal.values())
