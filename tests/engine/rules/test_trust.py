"""Trust: only pages that were really read may be linked, and only some of them count."""

from dataclasses import replace

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from bacowr.engine.checks.model import Check, Finding, QcStatus
from bacowr.engine.checks.subject import Subject
from bacowr.engine.order import Vertical, WritingProfile
from bacowr.engine.ports import Fault, Origin, Query, SearchHit, SearchResults, Source
from bacowr.engine.research.bridge import BridgeType
from bacowr.engine.research.serp import findings
from bacowr.engine.rules import trust
from tests.plugins import subjects

NOISE = "https://www.naturvardsverket.se/buller"
CRAFT = "https://www.konsumentverket.se/hantverkare"
REFUSED = {"outside_ledger", "dead_source", "target_site"}


@pytest.fixture
def good() -> Subject:
    return subjects.subject()


def codes(check: Check) -> list[str]:
    return [each.code for each in check.findings]


def only(check: Check, code: str) -> Finding:
    [found] = [each for each in check.findings if each.code == code]
    return found


def linking(good: Subject, url: str) -> Check:
    return trust.check(subjects.changed(good, "Glöm inte", f"Se [mer]({url}). Glöm inte"))


def without(good: Subject, *links: str) -> Subject:
    for each in links:
        good = subjects.changed(good, f"]({each})", "]")
    return good


def read_too(good: Subject, *found: str, fault: Fault | None = None) -> Subject:
    entries = tuple(Source(each, each, "2026-11-22", 200, fault=fault) for each in found)
    fetched = replace(good.fetched, ledger=(*good.fetched.ledger, *entries))
    return replace(good, fetched=fetched)


def test_two_authorities_pass(good: Subject) -> None:
    check = trust.check(good)
    assert (check.status, check.score, codes(check)) == (QcStatus.PASS, 100, [])


@pytest.mark.parametrize(
    "url",
    [
        "https://www.skatteverket.se/annat",
        "https://evil.example/",
        "/relativ",
        "#mer",
        "mailto:a@b.example",
        "ftp://www.naturvardsverket.se/buller",
        "//www.naturvardsverket.se/buller",
        "https://www.naturvardsverket.se@evil.example/buller",
        "https://www.naturvardsverket.se.evil.example/buller",
        "https://www.naturvardsverket.se/buller?id=2",
        "https://[::1",
    ],
)
def test_a_link_outside_the_ledger_blocks(good: Subject, url: str) -> None:
    check = linking(good, url)
    assert check.status is QcStatus.BLOCKED
    assert "outside_ledger" in codes(check)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.skatteverket.se/rot",
        "http://skatteverket.se/rot/",
        "https://www.skatteverket.se/rot?utm_source=x#del",
        "https://husmagasinet.example/",
    ],
)
def test_a_page_that_was_read_may_be_linked_in_any_spelling(good: Subject, url: str) -> None:
    assert not REFUSED & set(codes(linking(good, url)))


def test_the_address_after_a_redirect_counts_as_read(good: Subject) -> None:
    entry = Source("https://scb.se/a", "https://www.scb.se/b", "2026-11-22", 200, origin=Origin.WEB)
    moved = replace(good, fetched=replace(good.fetched, ledger=(*good.fetched.ledger, entry)))
    assert "outside_ledger" not in codes(linking(moved, "https://www.scb.se/b"))
    assert "outside_ledger" not in codes(linking(moved, "https://scb.se/a"))


def test_a_page_that_could_not_be_read_blocks(good: Subject) -> None:
    check = linking(good, "https://www.av.se/borta")
    assert (check.status, codes(check)) == (QcStatus.BLOCKED, ["dead_source"])


def test_a_page_read_once_and_lost_once_counts_as_read(good: Subject) -> None:
    both = read_too(good, "https://www.skatteverket.se/rot", fault=Fault.TIMEOUT)
    assert codes(linking(both, "https://www.skatteverket.se/rot")) == []


def test_the_targets_other_pages_are_no_source_even_when_read(good: Subject) -> None:
    page = "https://www.pumphuset.example/om"
    check = linking(read_too(good, page), page)
    assert (check.status, codes(check)) == (QcStatus.BLOCKED, ["target_site"])


@pytest.mark.parametrize(
    "written",
    [
        "Se https://evil.example/x för mer.",
        "Se <a href='https://evil.example/x'>här</a>.",
        "Se ![bild](https://evil.example/x.png).",
        "Se <https://evil.example/x>.",
        "Se [mer][1].\n\n[1]: https://evil.example/x",
        "Se `https://evil.example/x`.",
        "Se //evil.example/x i stället.",
        "Se \\[mer](https://evil.example/x).",
    ],
)
def test_an_address_that_an_export_could_link_blocks(good: Subject, written: str) -> None:
    check = trust.check(subjects.changed(good, "Glöm inte", f"{written}\n\nGlöm inte"))
    found = only(check, "outside_ledger")
    assert found.status is QcStatus.BLOCKED
    assert (found.evidence.url or "").startswith(("https://evil.example/x", "//evil.example/x"))


@pytest.mark.parametrize(
    "written",
    [
        f"Se {NOISE}.",
        f"Se ({NOISE}).",
        "Se https://pumphuset.example/guide, som sagt.",
        "Skriv och/eller i stället // för snedstreck.",
        f"Se [buller {NOISE}]({NOISE}).",
        f'Se [buller]({NOISE} "En titel").',
    ],
)
def test_an_address_in_the_ledger_may_stand_as_text(good: Subject, written: str) -> None:
    check = trust.check(subjects.changed(good, "Glöm inte", f"{written}\n\nGlöm inte"))
    assert not REFUSED & set(codes(check))


def test_parentheses_in_an_address_belong_to_it(good: Subject) -> None:
    page = "https://sv.wikipedia.org/wiki/Pump_(maskin)"
    check = linking(read_too(good, page), page)
    assert not REFUSED & set(codes(check))


def test_no_approved_source_needs_a_person_and_costs_fifty(good: Subject) -> None:
    check = trust.check(without(good, NOISE, CRAFT))
    assert (check.status, check.score) == (QcStatus.NEEDS_SIGNOFF, 50)
    found = only(check, "no_approved_source")
    assert "Vägledning om buller" in (found.suggestion or "")


def test_one_source_costs_thirty(good: Subject) -> None:
    check = trust.check(without(good, NOISE))
    assert (check.status, check.score, codes(check)) == (QcStatus.WARNING, 70, ["few_sources"])


def test_two_pages_of_one_site_are_one_source(good: Subject) -> None:
    page = "https://www.konsumentverket.se/annat"
    given = read_too(without(good, NOISE), page)
    assert "few_sources" in codes(linking(given, page))


def test_no_authority_costs_forty(good: Subject) -> None:
    paper, radio = "https://www.dn.se/a", "https://www.svd.se/a"
    given = read_too(without(good, NOISE, CRAFT), paper, radio)
    given = subjects.changed(given, "Glöm inte", f"Se [a]({paper}). Glöm inte")
    check = linking(given, radio)
    assert "no_authority" in codes(check)
    assert check.score == 60


@pytest.mark.parametrize(
    ("url", "counts"),
    [
        ("https://www.dn.se/a", True),
        ("https://cdn.se/a", False),
        ("https://dn.se.example/a", False),
        ("https://arkiv.dn.se/a", True),
        ("https://sv.wikipedia.org/wiki/A", False),
        ("https://www.reddit.com/r/a", False),
    ],
)
def test_only_the_exact_registrable_domain_counts(good: Subject, url: str, *, counts: bool) -> None:
    given = read_too(without(good, NOISE, CRAFT), url)
    check = linking(given, url)
    assert ("no_approved_source" not in codes(check)) is counts
    assert not REFUSED & set(codes(check))


def test_the_publishers_own_pages_are_no_trust_source(good: Subject) -> None:
    order = replace(good.order, publisher_domain="konsumentverket.se")
    check = trust.check(replace(without(good, NOISE), order=order))
    assert "no_approved_source" in codes(check)


def test_a_competitor_is_no_trust_source(good: Subject) -> None:
    hit = SearchHit(1, "https://www.konsumentverket.se/", "Köp värmepump, bästa pris")
    results = SearchResults(Query("värmepump", "sv", "se"), (hit,))
    given = replace(good, serp=replace(good.serp, findings=findings([results])))
    assert codes(trust.check(given)) == []


@pytest.mark.parametrize(
    ("bridge", "warns"), [(BridgeType.STRONG, False), (BridgeType.WRAPPER, True)]
)
def test_a_wrapper_wants_two_sources(*, bridge: BridgeType, warns: bool) -> None:
    check = trust.check(without(subjects.subject(bridge_type=bridge), NOISE))
    assert ("few_for_bridge" in codes(check)) is warns


def test_a_strong_bridge_wants_more_than_a_paper(good: Subject) -> None:
    paper = "https://www.dn.se/a"
    given = read_too(without(good, NOISE, CRAFT), paper)
    assert "few_for_bridge" in codes(linking(given, paper))


def test_in_flow_the_sources_come_before_the_link_and_are_two_at_most(good: Subject) -> None:
    flow = replace(good, order=replace(good.order, writing_profile=WritingProfile.FLOW))
    check = linking(flow, "https://www.skatteverket.se/rot")
    assert {"trust_after_link", "many_trust_links"} <= set(codes(check))
    assert check.status is QcStatus.WARNING


def test_an_address_that_the_rules_prescribe_need_not_be_read() -> None:
    given = subjects.subject(vertical=Vertical.GAMBLING)
    help_line = "https://www.stodlinjen.se"
    assert "outside_ledger" not in codes(linking(given, help_line))
    assert "outside_ledger" in codes(linking(subjects.subject(), help_line))


URLS = st.one_of(
    st.sampled_from(["https://dn.se", "http://who.int/x", "//dn.se/a", "https://xn--a.se/"]),
    st.from_regex(r"https?://[a-z]{1,8}\.(se|com|example)/[a-z0-9/._~-]{0,12}", fullmatch=True),
)
SHAPES = st.sampled_from(
    ["[ord]({})", "![ord]({})", "<{}>", "{}", "[ord][x]\n\n[x]: {}", '<a href="{}">ord</a>']
)


@settings(max_examples=50, deadline=None)
@for_all(url=URLS, shape=SHAPES)
def test_no_address_outside_the_ledger_gets_through(url: str, shape: str) -> None:
    given = subjects.subject()
    known = {each.url.rstrip("/").removeprefix("https://") for each in given.fetched.ledger}
    text = f"{given.article.markdown}\n\nSe {shape.format(url)}\n"
    check = trust.check(subjects.with_text(given, text))
    bare = url.rstrip("/").partition("//")[2]
    if bare not in known and not bare.startswith("pumphuset.example"):
        assert check.status is QcStatus.BLOCKED


def test_with_nothing_read_there_is_nothing_to_suggest(good: Subject) -> None:
    bare = replace(without(good, NOISE, CRAFT), fetched=replace(good.fetched, trust=()))
    suggestion = only(trust.check(bare), "no_approved_source").suggestion
    assert suggestion == "No page of a trust source was read for this order."
