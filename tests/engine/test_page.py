"""One page: read, decoded and profiled."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bacowr.engine.page import entities
from bacowr.engine.page.article_links import article_links
from bacowr.engine.page.body import TEXT_CAP_CHARACTERS, body_text, parse
from bacowr.engine.page.profile import ContentType, profile
from bacowr.engine.page.reading import Reading, read
from bacowr.engine.ports import Page, Source
from bacowr.engine.providers.decoding import decoded
from bacowr.engine.text.lexicon import lexicon

PAGES = Path(__file__).parent / "pages"
Read = Callable[..., Reading]

LONG = "Den här meningen är lång nog för att en läsare ska räkna den till brödtexten i artikeln. "
FULL = f"""<html lang="sv-SE"><head><title> Värmepump  för villa | Butiken </title>
<meta name="description" content="Vi säljer värmepumpar till villor.">
<meta name="keywords" content="värmepump, villa, , tyst">
<meta name="robots" content="index, nofollow">
<meta property="og:site_name" content="Butiken"><meta property="og:type" content="product">
<link rel="Canonical" href="/pump">
<script type="application/ld+json">{{"@graph": [{{"@type": ["Product", "Thing"],
 "offers": {{"price": "9990"}}}}, {{"@type": "Organization", "name": "Butiken AB"}}]}}</script>
<script type="application/ld+json">not json</script></head>
<body><nav><a href="/">Hem</a></nav><main><h1>1. Värmepump för villa</h1>
<p>{LONG * 3}<a href="/mer#del">mer</a></p><h2>Tyst drift</h2><p>{LONG * 2}</p>
<h3>Frakt och leverans</h3><img src="a.png"></main>
<a href="javascript:void(0)">nej</a><a href="http://[x">trasig</a><a href="mailto:a@b.se">post</a>
</body></html>"""


def test_a_page_says_what_it_is(reading: Read) -> None:
    page = reading(FULL)
    assert page.title == "Värmepump för villa | Butiken"
    assert page.description == "Vi säljer värmepumpar till villor."
    assert page.keywords == ("värmepump", "villa", "tyst")
    assert page.site_name == "Butiken"
    assert page.canonical == "https://site.example/pump"
    assert page.robots_meta == "index, nofollow"
    assert page.structured_types == ("Product", "Thing", "Organization")
    assert page.organization == "Butiken AB"
    assert page.has_price
    assert page.headings_of(1) == ("Värmepump för villa",)
    assert [each.url for each in page.links] == [
        "https://site.example/",
        "https://site.example/mer",
    ]
    assert (page.link_count, page.text_link_count, page.image_count) == (5, 1, 1)
    assert page.language == "sv"


def test_a_missing_title_is_none(reading: Read) -> None:
    page = reading("<p>x</p>")
    assert page.title is None
    assert profile(page).candidate_queries == ()


def test_a_title_of_open_graph_stands_in(reading: Read) -> None:
    assert reading('<meta property="og:title" content="Det här">').title == "Det här"


def test_the_robots_header_is_kept_beside_the_meta() -> None:
    source = Source("https://a.se/", "https://a.se/", "2026-11-22T12:00:00+00:00", status=200)
    page = read(Page(source, "<meta name='robots' content='noindex'>", "nofollow"))
    assert profile(page).robots == ("noindex", "nofollow")


@pytest.mark.parametrize("html", ["", " ", "<", "<!-- -->", "\x00", "<html>", "<p>å"])
def test_broken_html_is_read_as_far_as_it_goes(reading: Read, html: str) -> None:
    assert reading(html).headings == ()


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="<>/ap h1='\"!-&;å\n", max_size=120))
def test_any_text_can_be_read_as_a_page(html: str) -> None:
    text, cut = body_text(html)
    assert not cut
    assert parse(html) is not None
    assert text == "\n".join(line.strip() for line in text.splitlines())


def test_menus_and_footers_are_no_body(reading: Read) -> None:
    page = reading(
        f"<nav>Meny meny</nav><aside>Sidospalt</aside><article><p>{LONG * 5}</p></article>"
        "<footer>Sidfot</footer>"
    )
    assert LONG.strip() in page.text
    for word in ("Meny", "Sidospalt", "Sidfot"):
        assert word not in page.text


@pytest.mark.parametrize("box", ["main", "article", 'div id="content"', "div"])
def test_a_short_page_is_read_from_its_container(reading: Read, box: str) -> None:
    tag = box.split(maxsplit=1)[0]
    page = reading(f"<nav>Meny</nav><{box}><p>Kort men läsbar.</p><p>Två.</p></{tag}>")
    assert page.text == "Kort men läsbar.\nTvå."


def test_the_text_is_cut_at_the_cap(reading: Read) -> None:
    page = reading("".join(f"<p>{n} {LONG}</p>" for n in range(900)))
    assert len(page.text) == TEXT_CAP_CHARACTERS
    assert page.text_cut


@pytest.mark.parametrize("file", sorted(PAGES.rglob("*.html")), ids=lambda file: file.stem)
def test_every_line_of_a_public_page_stands_on_it_word_for_word(file: Path) -> None:
    html = file.read_text(encoding="utf-8")
    text, _ = body_text(html)
    whole = "".join(parse(html).text_content().split())
    assert len(text) > 500
    for line in text.splitlines():
        assert "".join(line.split()) in whole


@pytest.mark.parametrize(
    ("body", "header", "text"),
    [
        ("å".encode(), "", "å"),
        ("å".encode("latin-1"), "text/html; charset=iso-8859-1", "å"),
        ("å".encode(), "text/html; charset=iso-8859-1", "å"),
        ("å".encode("latin-1"), "text/html; charset=utf-8", "å"),
        (b'<meta charset="windows-1251">' + "я".encode("cp1251"), "", "я"),
        (b"\xef\xbb\xbf" + "å".encode(), "", "å"),
        ("å".encode("utf-16"), "", "å"),
        ("å".encode("latin-1"), "text/html; charset=nonsense", "å"),
        (b"\x81\xe5", "text/html; charset=utf-8", "\ufffdå"),
    ],
)
def test_text_is_read_whatever_the_server_claims(body: bytes, header: str, text: str) -> None:
    assert decoded(body, header).endswith(text)


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("Så gör du | Sajten", "Så gör du"),
        ("Så gör du - Sajten", "Så gör du"),
        ("Ved eller olja \u2013 vad är bäst?", "Ved eller olja \u2013 vad är bäst?"),
        (
            "Ved \u2013 eller något helt annat som värmer huset",
            "Ved \u2013 eller något helt annat som värmer huset",
        ),
        ("E-post", "E-post"),
    ],
)
def test_a_site_name_is_cut_from_a_title(title: str, bare: str) -> None:
    assert entities.without_suffix(title) == bare


def test_entities_are_capitalized_runs_weighted_by_place() -> None:
    found = entities.entities(
        "Så valde Anna Berg hus i Ytterby", ["Hem & Hushåll testar", "Anna Berg svarar"], lexicon()
    )
    assert found == ("Anna Berg", "Ytterby", "Hem & Hushåll")


def test_topics_join_case_and_order_by_weight() -> None:
    found = entities.topics(["Tyst drift", "Låg kostnad"], ["Tyst drift"], ["SCOP"], lexicon())
    assert found == ("tyst drift", "låg kostnad", "SCOP".lower())


def test_the_subject_is_the_title_phrase_that_the_text_repeats() -> None:
    text = "Luftvärmepumpen är tyst. En luftvärmepump värmer."
    title = "Så väljer du luftvärmepump: storlek och placering | Butiken"
    assert entities.subject(title, [], text, lexicon("sv")) == "luftvärmepump"
    assert entities.subject(None, [], text, lexicon("sv")) is None


@pytest.mark.parametrize(
    ("head", "body", "kind"),
    [
        ('<script type="application/ld+json">{"@type": "Product"}</script>', "", "product"),
        ('<script type="application/ld+json">{"@type": "NewsArticle"}</script>', "", "article"),
        ("<title>Jämför tre pumpar</title>", "", "comparison"),
        ("<title>Guide till pumpar</title>", "", "guide"),
        ("<title>Kalkylator för värme</title>", "", "tool"),
        ("<title>Alla produkter</title>", "", "category"),
        ("<title>Pump</title>", "<h2>Frakt</h2>", "product"),
        ("<title>Pump</title>", "<h2>Prislista</h2>", "service"),
        ("<title>Pump</title>", "<p>Om pumpen.</p>", "article"),
    ],
)
def test_the_first_sign_tells_the_content_type(
    reading: Read, head: str, body: str, kind: str
) -> None:
    assert profile(reading(head + body)).content_type is ContentType(kind)


def test_one_word_in_a_long_text_is_no_commercial_signal(reading: Read) -> None:
    quiet = profile(reading(f"<p>{LONG * 40} Garanti finns.</p>"))
    loud = profile(reading("<h2>Garanti</h2><p>Kort.</p>"))
    assert "guarantee" not in quiet.signals
    assert loud.signals["guarantee"] == ("garanti",)


def test_the_core_offer_is_the_description_else_the_first_sentence(reading: Read) -> None:
    described = reading('<meta name="description" content="En beskrivning som är lång nog.">')
    assert profile(described).core_offer == "En beskrivning som är lång nog."
    short = reading('<meta name="description" content="Kort."><p>Första meningen. Andra.</p>')
    assert profile(short).core_offer == "Första meningen."
    assert profile(reading("<p>ingen slutpunkt</p>")).core_offer is None


def test_a_profile_is_the_same_every_time(reading: Read) -> None:
    html = (PAGES / "tz" / "theory.html").read_text(encoding="utf-8")
    assert profile(reading(html)) == profile(reading(html))


def test_articles_are_found_among_a_front_pages_links(reading: Read) -> None:
    front = reading(
        """<a href="/om-oss">Om oss</a><a href="/kategori/hus">Hus</a><a href="/bild.jpg">Bild</a>
        <a href="https://other.example/en-lang-artikel-om-annat">En lång artikel om annat</a>
        <a href="/kort">Kort</a><a href="/sa-gor-du-med-taket">Så gör du med taket hemma</a>
        <a href="/sa-gor-du-med-taket#b">Igen</a><a href="/target-page">Målet är den här sidan</a>
        <a href="/2024/nytt?x=1">Nytt i år</a><a href="/">Start</a>""",
        "https://site.example/",
    )
    assert article_links(front, "https://site.example/target-page") == [
        "https://site.example/sa-gor-du-med-taket",
        "https://site.example/2024/nytt?x=1",
        "https://site.example/kort",
    ]


def test_json_ld_nested_without_end_is_read_to_a_depth(reading: Read) -> None:
    deep = '{"a":' * 12 + '{"@type":"Product"}' + "}" * 12
    page = reading(f'<script type="application/ld+json">{deep}</script>')
    assert page.structured_types == ()
