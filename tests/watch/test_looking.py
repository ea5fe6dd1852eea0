"""Sixteen fault pages on a loopback server, all told rightly, and clean ones beside them."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import pytest

from bacowr.engine.terms import DealType, Rel, Terms
from bacowr.engine.watch.model import Agreed
from bacowr.engine.watch.verdicts import Verdict
from bacowr.watch.looking import Look, Looker
from tests.plugins.watched_site import Site

PAID = Terms(DealType.PAID, Rel.SPONSORED, advertiser="Acme")
FREE = Terms(DealType.EDITORIAL, Rel.FOLLOW)
Put = Callable[[Site], object]


class Case(NamedTuple):
    put: Put
    verdicts: set[Verdict]
    terms: Terms = FREE
    evidence: dict[str, object] = {}  # noqa: RUF012  # Never changed.


def look_at(site: Site, looker: Looker, path: str = "/page", **more: object) -> Look:
    return looker.look(agreed_at(site, path, **more))


def agreed_at(site: Site, path: str, **more: object) -> Agreed:
    values: dict[str, Any] = {
        "page_url": site.url(path),
        "target_url": site.url("/target"),
        "anchor_text": "warm wool socks",
        "terms": FREE,
        "language": "en",
    }
    return Agreed(**(values | more))


def put(link: str | None = None, *, head: str = "", **headers: str) -> Put:
    return lambda site: site.put("/page", site.article(link, head=head), 200, **headers)


CASES = {
    "gone": Case(put("nothing"), {Verdict.NOT_FOUND}),
    "rel": Case(
        lambda s: s.put("/page", s.article(s.link('rel="nofollow ugc"'))),
        {Verdict.WRONG_REL},
        evidence={"source": "attribute"},
    ),
    "anchor": Case(
        lambda s: s.put("/page", s.article(s.link(anchor="click here"))),
        {Verdict.WRONG_ANCHOR},
        evidence={"found": "click here"},
    ),
    "target": Case(
        lambda s: s.put("/page", s.article(s.link(href="https://else.example/x"))),
        {Verdict.WRONG_TARGET},
    ),
    "meta noindex": Case(
        put(head='<meta name="robots" content="noindex">'),
        {Verdict.NOINDEX},
        evidence={"source": "robots meta"},
    ),
    "meta nofollow": Case(
        put(head='<meta name="googlebot" content="NOFOLLOW, noarchive">'),
        {Verdict.WRONG_REL},
        evidence={"source": "robots meta"},
    ),
    "header noindex": Case(
        put(X_Robots_Tag="otherbot: nofollow, googlebot: noindex"),
        {Verdict.NOINDEX},
        evidence={"source": "X-Robots-Tag"},
    ),
    "header nofollow": Case(
        put(X_Robots_Tag="none"),
        {Verdict.WRONG_REL, Verdict.NOINDEX},
        evidence={"source": "X-Robots-Tag"},
    ),
    "canonical": Case(
        put(head='<link rel="canonical" href="/another">'), {Verdict.CANONICAL_ELSEWHERE}
    ),
    "redirect": Case(
        lambda s: (
            s.put("/page", "", 301, Location="/moved"),
            s.put("/moved", s.article()),
        ),
        {Verdict.REDIRECTED},
    ),
    "hidden": Case(
        lambda s: s.put("/page", s.article(f'<span style="display: none">{s.link()}</span>')),
        {Verdict.HIDDEN},
    ),
    "label missing": Case(
        lambda s: s.put("/page", s.article(s.link('rel="sponsored"'))),
        {Verdict.LABEL_MISSING},
        PAID,
    ),
    "404": Case(lambda s: s.put("/page", s.article(), 404), {Verdict.HTTP_ERROR}),
    "500": Case(lambda s: s.put("/page", "", 500), {Verdict.HTTP_ERROR}),
    "robots": Case(
        lambda s: (
            s.put("/robots.txt", "User-agent: *\nDisallow: /page"),
            s.put("/page", s.article()),
        ),
        {Verdict.ROBOTS_BLOCKED},
    ),
    "javascript": Case(
        lambda s: s.put("/page", s.page('<div id="root"></div><script src="/a.js"></script>')),
        {Verdict.UNKNOWN},
        evidence={"cause": "javascript"},
    ),
    "consent wall": Case(
        lambda s: s.put("/page", s.page("<p>Before you continue: we use cookies.</p>")),
        {Verdict.UNKNOWN},
        evidence={"cause": "consent_wall"},
    ),
    "empty anchor": Case(
        lambda s: s.put("/page", s.article(s.link(anchor="<img src=x>"))), {Verdict.EMPTY_ANCHOR}
    ),
    "not html": Case(
        lambda s: s.put("/page", "%PDF", Content_Type="application/pdf"),
        {Verdict.INVALID_CONTENT},
    ),
    "challenge": Case(
        lambda s: s.put("/page", s.page("<h1>Just a moment...</h1>"), 403),
        {Verdict.UNKNOWN},
        evidence={"cause": "challenge"},
    ),
    "several": Case(
        lambda s: s.put(
            "/page",
            s.article(s.link('rel="nofollow"', "here"), head="<meta name=robots content=noindex>"),
        ),
        {Verdict.WRONG_ANCHOR, Verdict.WRONG_REL, Verdict.NOINDEX},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_fault_page_is_told_rightly(name: str, site: Site, looker: Looker) -> None:
    case = CASES[name]
    case.put(site)

    judged = look_at(site, looker, terms=case.terms).judgment

    assert set(judged.verdicts) == case.verdicts
    assert case.evidence.items() <= judged.worst.evidence.items()
    assert all(each.reason for each in judged.findings)


def test_a_text_that_was_changed_is_told(site: Site, looker: Looker) -> None:
    signed = site.article().replace("<p>", "").split("</nav><main>")[1]
    site.put("/page", site.page(f"<p>Another text altogether with {site.link()} in it.</p>"))

    look = look_at(site, looker, signed_text=signed)

    assert look.judgment.verdicts == (Verdict.CONTENT_CHANGED,)
    assert look.judgment.containment == 0


def test_a_page_that_never_answers_is_unreachable(site: Site, looker: Looker) -> None:
    assert look_at(site, looker, "/slow").judgment.verdicts == (Verdict.UNREACHABLE,)


def test_a_server_that_is_not_there_is_unreachable(site: Site, looker: Looker) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
    looker.outgoing.__dict__["allow_hosts"] = frozenset({host, site.host})

    judged = looker.look(agreed_at(site, "/page", page_url=f"http://{host}/")).judgment

    assert judged.verdicts == (Verdict.UNREACHABLE,)


def test_a_private_address_is_not_called(site: Site, looker: Looker) -> None:
    judged = looker.look(agreed_at(site, "/page", page_url="http://10.0.0.1/")).judgment

    assert judged.verdicts == (Verdict.UNKNOWN,)


def test_a_target_that_fails_is_told_beside_the_link(site: Site, looker: Looker) -> None:
    site.put("/page", site.article())
    site.put("/target", "", 410)

    look = look_at(site, looker)

    assert look.judgment.verdicts == (Verdict.TARGET_ERROR,)
    assert look.target.status == 410


def test_a_deal_past_its_end_is_told(site: Site, looker: Looker) -> None:
    site.put("/page", site.article())

    judged = look_at(site, looker, expires_on=date(2020, 1, 1)).judgment

    assert judged.verdicts == (Verdict.EXPIRED,)


def test_a_page_beyond_robots_is_never_asked_for(site: Site, looker: Looker) -> None:
    CASES["robots"].put(site)

    look_at(site, looker)

    assert "/page" not in site.asked


def test_a_target_shared_by_many_links_is_asked_once(site: Site, looker: Looker) -> None:
    site.put("/page", site.article())
    look_at(site, looker)
    look_at(site, looker)

    assert site.asked.count("/target") == 1


CLEAN: dict[str, tuple[Put, Terms]] = {
    "plain": (put(), FREE),
    "one link as agreed among others": (
        lambda s: s.put("/page", s.article(s.link("rel=nofollow", "here") + s.link())),
        FREE,
    ),
    "labeled": (
        lambda s: s.put("/page", s.article(s.link('rel="sponsored noopener"'), label="Ad: Acme")),
        PAID,
    ),
    "own canonical and index": (
        lambda s: s.put(
            "/page",
            s.article(
                head=f'<link rel="canonical" href="{s.url("/page/")}">'
                '<meta name="robots" content="index, follow, max-snippet:-1">'
            ),
            X_Robots_Tag="otherbot: noindex",
        ),
        FREE,
    ),
    "a cookie banner before the text": (
        lambda s: s.put(
            "/page", s.article().replace("<main>", "<div>We use cookies. Accept all</div><main>")
        ),
        FREE,
    ),
    "a page with scripts and its text": (
        lambda s: s.put("/page", s.article(head="<script src=/a.js></script>")),
        FREE,
    ),
    "a trailing slash": (
        lambda s: (s.put("/page", "", 301, Location="/page/"), s.put("/page/", s.article())),
        FREE,
    ),
    "case and spaces": (
        lambda s: s.put("/page", s.article(s.link(anchor=" Warm&nbsp;<b>wool</b>\nsocks"))),
        FREE,
    ),
    "a picture that says the anchor": (
        lambda s: s.put("/page", s.article(s.link(anchor="<img src=x alt='Warm wool socks'>"))),
        FREE,
    ),
}


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_page_has_no_fault(name: str, site: Site, looker: Looker) -> None:
    fill, terms = CLEAN[name]
    fill(site)

    judged = look_at(site, looker, terms=terms).judgment

    assert judged.verdicts == (Verdict.OK,)
    assert judged.links


def test_the_signed_text_is_found_on_its_page(site: Site, looker: Looker) -> None:
    site.put("/page", site.article())
    shown = site.article().split("<main><p>")[1].split("</p>")[0]
    signed = shown.replace(site.link(), f"[warm wool socks]({site.url('/target')})")

    look = look_at(site, looker, signed_text=f"# Winter\n\n{signed}")

    assert look.judgment.verdicts == (Verdict.OK,)
    assert look.judgment.containment == 1
