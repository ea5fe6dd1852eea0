"""What hides a link, what marks it as advertising, and what robots are told."""

from datetime import date

import pytest

from bacowr.engine.page.body import parse
from bacowr.engine.terms import DealType, Rel, Terms
from bacowr.engine.watch import directives, labels
from bacowr.engine.watch.judging import judge
from bacowr.engine.watch.model import Agreed, Robots, Seen
from bacowr.engine.watch.verdicts import Verdict
from bacowr.engine.watch.visibility import hidden_by

LINK = '<a id="it" href="https://t.example/">x</a>'
PAGE, TARGET = "https://p.example/post", "https://t.example/"


def agreed(
    rel: Rel = Rel.FOLLOW, deal: DealType = DealType.EDITORIAL, language: str = "sv"
) -> Agreed:
    return Agreed(PAGE, TARGET, "x", Terms(deal, rel), language=language)


def judged(html: str, terms: Agreed | None = None) -> dict[Verdict, dict[str, object]]:
    seen = Seen(PAGE, PAGE, 200, {"content-type": "text/html"}, html.encode())
    found = judge(seen, terms or agreed(), today=date(2026, 11, 2))
    return {each.verdict: each.evidence for each in found.findings}


@pytest.mark.parametrize(
    "around",
    [
        "<p hidden>{}</p>",
        '<div aria-hidden="true"><p>{}</p></div>',
        '<p style="display:none !important">{}</p>',
        '<p style="VISIBILITY: Hidden">{}</p>',
        '<p style="opacity:0">{}</p>',
        '<p style="font-size:0px">{}</p>',
        '<p style="height:0;overflow:hidden">{}</p>',
        '<p style="position:absolute; left:-9999px">{}</p>',
        '<p style="text-indent:-100em">{}</p>',
        '<p style="clip: rect(0, 0, 0, 0)">{}</p>',
        '<p style="color:#FFF;background-color: white">{}</p>',
        '<p style="color:rgb(0,0,0);background:#000">{}</p>',
        '<p style="color:transparent">{}</p>',
        "<noscript>{}</noscript>",
    ],
)
def test_markup_hides_a_link(around: str) -> None:
    tree = parse(f"<body>{around.format(LINK)}</body>")

    assert hidden_by(tree.get_element_by_id("it"))


@pytest.mark.parametrize(
    "around",
    [
        "<p>{}</p>",
        '<p aria-hidden="false">{}</p>',
        '<p style="display:block;color:#000;background:#fff">{}</p>',
        '<p style="font-size:0.8em;left:-5px;opacity:0.9">{}</p>',
        '<p style="max-height:100px;text-indent:-20px">{}</p>',
        '<p style="color:red">{}</p>',
        "<details><summary>More</summary>{}</details>",
    ],
)
def test_ordinary_markup_hides_nothing(around: str) -> None:
    tree = parse(f"<body>{around.format(LINK)}</body>")

    assert hidden_by(tree.get_element_by_id("it")) is None


@pytest.mark.parametrize(
    ("language", "body"),
    [
        ("sv", "<p>Annons: Acme AB</p>"),
        ("sv", "<span class=tag>ANNONS</span><p>Text</p>"),
        ("sv", "<p>Annons från Acme</p>"),
        ("sv", "<p><strong>Reklam</strong> för Acme</p>"),
        ("nb", "<p>Annonse</p>"),
        ("da", "<div>Annonce | Acme</div>"),
        ("fi", "<p>Mainos: Acme</p>"),
        ("en", "<p>[Ad] Acme</p>"),
    ],
)
def test_a_label_is_found(language: str, body: str) -> None:
    paid = agreed(Rel.SPONSORED, DealType.PAID, language)

    assert labels.find(parse(f"<body>{body}</body>"), paid)


@pytest.mark.parametrize(
    "body",
    [
        "<nav><span>Annons</span></nav>",
        "<footer>Annons</footer>",
        "<aside>Annons</aside>",
        "<a href=/ads>Annons</a>",
        "<p>Annonsera hos oss</p>",
        "<p>Annonser syns överallt.</p>",
        "<p>Vi såg en annons: den var rolig.</p>",
        "<p hidden>Annons: Acme</p>",
        "<script>Annons</script>",
    ],
)
def test_other_words_are_no_label(body: str) -> None:
    assert labels.find(parse(f"<body>{body}</body>"), agreed(Rel.SPONSORED, DealType.PAID)) is None


@pytest.mark.parametrize(
    ("rel", "attribute", "found"),
    [
        (Rel.NOFOLLOW, "", "follow"),
        (Rel.NOFOLLOW, "sponsored", "sponsored"),
        (Rel.SPONSORED, "nofollow", "nofollow"),
        (Rel.SPONSORED, "", "follow"),
        (Rel.FOLLOW, "ugc", "ugc"),
    ],
)
def test_another_rel_is_told(rel: Rel, attribute: str, found: str) -> None:
    html = f'<p>{"word " * 50}<a rel="{attribute}" href="{TARGET}">x</a></p>'

    assert judged(html, agreed(rel))[Verdict.WRONG_REL]["found"] == found


@pytest.mark.parametrize("rel", list(Rel))
def test_a_rel_nobody_agreed_on_or_that_holds_is_no_fault(rel: Rel) -> None:
    value = {Rel.FOLLOW: "noopener", Rel.SPONSORED: "nofollow sponsored"}.get(rel, "nofollow")
    html = f'<p><a rel="{value}" href="{TARGET}">x</a></p>'

    assert judged(html, agreed(rel)) == {Verdict.OK: {}}


def test_a_page_without_an_agreed_rel_follows_policy_when_paid() -> None:
    html = f'<p>Annons</p><p><a href="{TARGET}">x</a></p>'

    assert set(judged(html, agreed(Rel.UNKNOWN, DealType.PAID))) == {Verdict.WRONG_REL}


def test_a_page_on_nofollow_holds_a_link_agreed_as_nofollow() -> None:
    html = f'<meta name=robots content=nofollow><p><a href="{TARGET}">x</a></p>'

    assert set(judged(html, agreed(Rel.NOFOLLOW))) == {Verdict.OK}


@pytest.mark.parametrize(
    ("html", "cause"),
    [
        ("<div id=app></div>", "javascript"),
        ("<p>Aktivera JavaScript.</p>", "javascript"),
        ("<p>Vi använder kakor. Godkänn alla</p>", "consent_wall"),
        (f'<p>{"word " * 99}</p><script>{{"isAccessibleForFree": false}}</script>', "paywall"),
    ],
)
def test_a_page_that_shows_nothing_stays_unknown(html: str, cause: str) -> None:
    assert judged(html) == {Verdict.UNKNOWN: {"cause": cause, "status": 200}}


def test_a_full_page_without_the_link_has_lost_it() -> None:
    assert set(judged(f"<p>{'word ' * 99}</p><script src=/a.js></script>")) == {Verdict.NOT_FOUND}


def test_another_page_of_the_target_site_is_the_wrong_target() -> None:
    html = (
        f'<p>{"word " * 50}<a href="https://t.example/else">y</a> <a href="http://[bad">z</a></p>'
    )

    assert set(judged(html)) == {Verdict.WRONG_TARGET}


def test_only_directives_for_search_engines_count() -> None:
    header = "otherbot: noindex, nofollow, bingbot: noarchive, unavailable_after: 2030-01-01"
    robots = directives.read(None, header)

    assert robots == Robots((), ("noarchive", "unavailable_after: 2030-01-01"))
    assert directives.source_of(robots, "noindex") is None
