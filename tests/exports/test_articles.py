"""Articles as files: label first, the link alive, the link sheet last, nothing that bites."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import docx
import pytest
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from lxml import html as lxml_html
from lxml.html import HtmlElement

from bacowr.base.errors import Conflict
from bacowr.engine import urls
from bacowr.engine.article.model import Article
from bacowr.engine.article.parsed import parse
from bacowr.engine.brief.model import DocumentKind
from bacowr.engine.shapes import from_json
from bacowr.engine.terms import DealType, Rel, Terms
from bacowr.exports.article import excerpt, export
from bacowr.exports.model import File, Format, Handover

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
TARGET = "https://shop.example/guide"
SOURCE = "https://scb.se/el?a=1&b=2"
TEXT = (
    f"# En titel\n\nFörsta stycket är här. Det har **två** *meningar*.\n\n## Del ett\n\n"
    f"Den som vill [välja pump]({TARGET}) läser.\n\n- ett\n- två\n\n1. först\n2. sedan\n\n"
    f"> Ett citat.\n\nSe [siffran]({SOURCE}) här.\n"
)
LABELS = {
    ("sv", "se"): "Annons: Pump & Co",
    ("da", "dk"): "Annonce: Pump & Co",
    ("nb", "no"): "Annonse: Pump & Co",
    ("fi", "fi"): "Mainos: Pump & Co",
    ("en", "gb"): "Advertisement: Pump & Co",
}


def handover(markdown: str = TEXT, **changed: object) -> Handover:
    article = Article(
        markdown=markdown,
        language="sv",
        country="se",
        anchor_text="välja pump",
        target_url=TARGET,
        terms=Terms(DealType.PAID, Rel.SPONSORED, None, "Pump & Co"),
        model="model-x",
    )
    return Handover(replace(article, **changed), "magazine.example")  # type: ignore[arg-type]


def opened(content: bytes) -> HtmlElement:
    return lxml_html.document_fromstring(content)


def html_of(item: Handover) -> HtmlElement:
    return opened(made(item, Format.HTML).content)


def docx_of(item: Handover) -> Document:
    return docx.Document(BytesIO(made(item, Format.DOCX).content))


def made(item: Handover, format_: Format) -> File:
    return export(item, format_, MOMENT)


def in_docx(document: Document) -> list[tuple[str, str]]:
    """List a document's hyperlinks: what can be clicked, and where it leads."""
    return [
        (link.text, link.address)
        for paragraph in document.paragraphs
        for link in paragraph.hyperlinks
    ]


FIRST_WORDS: dict[Format, Callable[[File], str]] = {
    Format.MARKDOWN: lambda file: file.content.decode().split("\n")[0].strip("*").replace("\\", ""),
    Format.HTML: lambda file: str(opened(file.content).body.text_content()).strip().split("\n")[0],
    Format.DOCX: lambda file: docx.Document(BytesIO(file.content)).paragraphs[0].text,
    Format.JSON: lambda file: str(next(iter(json.loads(file.content).values()))),
}


@pytest.mark.parametrize("format_", Format)
@pytest.mark.parametrize(("market", "label"), LABELS.items(), ids=[each[0] for each in LABELS])
def test_every_export_of_a_paid_deal_opens_with_the_label(
    market: tuple[str, str], label: str, format_: Format
) -> None:
    language, country = market
    file = made(handover(language=language, country=country), format_)
    assert FIRST_WORDS[format_](file) == label


@pytest.mark.parametrize(("market", "label"), LABELS.items(), ids=[each[0] for each in LABELS])
def test_an_excerpt_carries_the_label(market: tuple[str, str], label: str) -> None:
    language, country = market
    text = excerpt(handover(language=language, country=country))
    assert text == f"{label}. Första stycket är här. Det har två meningar."


@pytest.mark.parametrize("format_", Format)
def test_an_editorial_deal_has_no_label(format_: Format) -> None:
    item = handover(terms=Terms(DealType.EDITORIAL))
    assert "Annons" not in FIRST_WORDS[format_](made(item, format_))
    assert excerpt(item).startswith("Första stycket")


@pytest.mark.parametrize("format_", Format)
def test_advertising_without_a_known_label_stays_in_the_house(format_: Format) -> None:
    with pytest.raises(Conflict, match="no label is known for de in SE"):
        made(handover(language="de"), format_)


def test_an_excerpt_of_advertising_without_a_known_label_is_refused() -> None:
    with pytest.raises(Conflict):
        excerpt(handover(language="de"))


def test_an_excerpt_ends_with_a_whole_word() -> None:
    assert excerpt(handover(), 20).endswith("Första stycket är\u2026")
    assert excerpt(handover("# Bara en titel")) == "Annons: Pump & Co."


def test_the_link_survives_in_markdown() -> None:
    text = made(handover(), Format.MARKDOWN).content.decode()
    assert [(e.link.text, e.url) for e in parse(text).links] == [
        ("välja pump", TARGET),
        ("siffran", SOURCE),
    ]
    assert TEXT.strip() in text


def test_the_link_survives_in_html_with_its_rel_and_the_citation_stays_plain() -> None:
    links = html_of(handover()).xpath("//a")
    assert [(each.text, dict(each.attrib)) for each in links] == [
        ("välja pump", {"href": TARGET, "rel": "sponsored"}),
        ("siffran", {"href": SOURCE}),
    ]


def test_the_link_survives_in_docx() -> None:
    assert in_docx(docx_of(handover())) == [("välja pump", TARGET), ("siffran", SOURCE)]


def test_the_link_survives_in_json() -> None:
    record = json.loads(made(handover(), Format.JSON).content)
    assert from_json(Article, record["article"]) == handover().article
    assert f'<a href="{TARGET}" rel="sponsored">välja pump</a>' in record["html"]


@pytest.mark.parametrize(
    ("rel", "attribute"),
    [(Rel.NOFOLLOW, "nofollow"), (Rel.SPONSORED, "sponsored"), (Rel.UNKNOWN, "sponsored")],
)
def test_the_rel_is_that_of_the_terms(rel: Rel, attribute: str) -> None:
    item = handover(terms=Terms(DealType.PAID, rel, None, "X"))
    assert html_of(item).xpath("//a")[0].get("rel") == attribute
    assert item.sheet[0].rel == attribute


def test_a_followed_link_has_no_rel() -> None:
    item = handover(terms=Terms(DealType.PAID, Rel.FOLLOW, "Agreed.", "X"))
    assert "rel" not in html_of(item).xpath("//a")[0].attrib
    assert "inget (följs)" in made(item, Format.MARKDOWN).content.decode()


@pytest.mark.parametrize(
    ("ordered", "written"),
    [
        ("https://xn--ml-yia.se/väg", "https://mål.se/v%C3%A4g"),
        ("https://xn--ml-yia.se/v%C3%A4g", "https://mål.se/väg"),
        ("https://shop.example/", "https://SHOP.example"),
        ("https://shop.example/?a=1&b=2", "https://shop.example?a=1&b=2"),
    ],
)
def test_the_deals_link_is_known_in_any_spelling(ordered: str, written: str) -> None:
    item = handover(f"# T\n\nSe [målet]({written}) nu.", target_url=ordered)
    assert html_of(item).xpath("//a")[0].get("rel") == "sponsored"
    assert [each.anchor for each in item.sheet] == ["målet"]
    ((_, address),) = in_docx(docx_of(item))
    assert urls.normalize(address) == urls.normalize(ordered)


def test_every_export_ends_with_the_link_sheet() -> None:
    item = handover()
    row = ["välja pump", TARGET, "sponsored", "Annons: Pump & Co"]
    markdown = made(item, Format.MARKDOWN).content.decode()
    line = next(each for each in markdown.splitlines() if each.startswith("| välja pump"))
    assert line.replace("\\", "") == f"| {' | '.join(row)} |"
    assert [each.text for each in html_of(item).xpath("//footer//td")] == row
    assert [each.text for each in docx_of(item).tables[-1].rows[1].cells] == row
    sheet = json.loads(made(item, Format.JSON).content)["link_sheet"]
    assert sheet == [dict(zip(("anchor", "url", "rel", "label"), row, strict=True))]


def test_a_text_without_its_link_shows_what_was_ordered() -> None:
    (row,) = handover("# T\n\nInget.").sheet
    assert (row.anchor, row.url) == ("välja pump", TARGET)


@pytest.mark.parametrize(
    ("kind", "author", "model", "label"),
    [
        (DocumentKind.AI_DRAFT, None, "model-x", "Utkast \u2013 AI (model-x)"),
        (DocumentKind.AI_DRAFT, None, None, "Utkast \u2013 AI (modell ej angiven)"),
        (DocumentKind.HUMAN_TEXT, None, None, "Text \u2013 människa"),
        (DocumentKind.HUMAN_TEXT, "Åsa Berg", "model-x", "Text \u2013 människa (Åsa Berg)"),
    ],
)
def test_who_wrote_it_stands_in_header_name_and_metadata(
    kind: DocumentKind, author: str | None, model: str | None, label: str
) -> None:
    item = handover(kind=kind, author=author, model=model)
    page, paper = html_of(item), docx_of(item)
    assert page.xpath("//header/p")[1].text == label
    assert page.xpath("//meta[@name='document-kind']/@content") == [label]
    assert paper.paragraphs[1].text == label
    assert paper.core_properties.category == label
    assert f"*{label}*" in made(item, Format.MARKDOWN).content.decode().replace("\\", "")
    assert json.loads(made(item, Format.JSON).content)["kind_label"] == label
    starts = "utkast-ai" if kind is DocumentKind.AI_DRAFT else "text-manniska"
    assert all(made(item, each).name.startswith(starts) for each in Format)


@pytest.mark.parametrize("language", ["sv", "en", "da", "nb", "fi"])
def test_a_draft_is_labeled_in_every_language(language: str) -> None:
    item = handover(language=language, terms=Terms())
    assert "(model-x)" in item.kind_label
    assert html_of(item).get("lang") == language


def test_a_language_without_phrases_is_worded_in_english() -> None:
    assert handover(language="de", terms=Terms()).kind_label == "Draft \u2013 AI (model-x)"


def test_names_and_media_types_fit_the_format() -> None:
    names = [made(handover(), each).name for each in Format]
    stem = "utkast-ai-model-x-magazine.example-en-titel"
    assert names == [f"{stem}.md", f"{stem}.html", f"{stem}.docx", f"{stem}.json"]
    assert made(handover(), Format.HTML).media_type == "text/html; charset=utf-8"


def test_a_name_is_ascii_and_short() -> None:
    name = made(handover("# Smørrebrød/../æøå " + "x" * 300), Format.MARKDOWN).name
    assert name.isascii()
    assert len(name) <= 125
    assert "/" not in name
    assert "smorrebrod" in name


def test_the_page_stands_by_itself() -> None:
    page = html_of(handover())
    assert page.getroottree().docinfo.doctype == "<!DOCTYPE html>"
    assert page.get("lang") == "sv"
    assert page.findtext(".//title") == "Annons: Pump & Co: En titel"
    assert page.xpath("//meta[@name='advertising-label']/@content") == ["Annons: Pump & Co"]
    assert page.xpath("//h1")[0].text == "En titel"
    assert not page.xpath("//@target | //script | //link | //img")


def test_a_document_has_styles_and_properties() -> None:
    paper = docx_of(handover())
    styled = [(each.style.name, each.text) for each in paper.paragraphs if each.style]
    for wanted in (
        ("Heading 1", "En titel"),
        ("Heading 2", "Del ett"),
        ("List Bullet", "ett"),
        ("List Number", "sedan"),
        ("Quote", "Ett citat."),
    ):
        assert wanted in styled
    about = paper.core_properties
    assert (about.title, about.subject) == ("Annons: Pump & Co: En titel", "Annons: Pump & Co")
    assert (about.author, about.language) == ("model-x", "sv")
    assert about.created is not None
    assert about.created.replace(tzinfo=UTC) == MOMENT
    first = paper.paragraphs[2 + 1]
    assert [(run.text, run.bold, run.italic) for run in first.runs if run.bold or run.italic] == [
        ("två", True, None),
        ("meningar", None, True),
    ]


def test_the_json_carries_all_evidence() -> None:
    item = replace(handover(), evidence={"report": {"status": "pass"}, "costs": [1.5]})
    record = json.loads(made(item, Format.JSON).content)
    assert next(iter(record)) == "label"
    assert record["evidence"] == {"report": {"status": "pass"}, "costs": [1.5]}
    assert record["sha256"] == item.article.sha256
    assert record["article"]["terms"]["advertiser"] == "Pump & Co"
    assert record["format"] == "bacowr.article/1"
    assert record["exported_at"] == "2026-11-22T12:00:00+00:00"


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        '<a href="https://x.example" onclick="alert(1)" target="_blank">x</a>',
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:msgbox(1))",
        "![x](https://evil.example/p.png)",
        "<iframe src=//evil.example></iframe>",
        "<style>@import '//evil.example'</style>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "</article></main><script>alert(1)</script>",
        "</title><script>alert(1)</script>",
        '"><script>alert(1)</script>',
        "<!-- --!><script>alert(1)</script> -->",
        "<math><mi xlink:href='javascript:alert(1)'>",
        "```\n</code><script>alert(1)</script>\n```",
        "    </pre><script>alert(1)</script>",
        "\x00<scr\x00ipt>alert(1)</scr\x00ipt>\x0b",
    ],
)
def test_nothing_that_bites_gets_out(attack: str) -> None:
    terms = Terms(DealType.PAID, Rel.SPONSORED, None, attack.replace("\n", " "))
    item = handover(f"# T {attack}\n\nText {attack}\n\n{attack}\n", terms=terms, author=attack)
    item = replace(item, article=replace(item.article, kind=DocumentKind.HUMAN_TEXT))
    page = html_of(item)
    assert not page.xpath("//script | //img | //iframe | //svg | //math | //@target")
    assert len(page.xpath("//style")) == 1
    assert not [each for each in page.xpath("//@*") if str(each.attrname).startswith("on")]
    assert not [each for each in page.xpath("//@href") if not each.startswith("https://")]
    assert not in_docx(docx_of(item))
    assert "<script" not in json.loads(made(item, Format.JSON).content)["html"]


def test_a_document_links_nowhere_but_to_web_pages() -> None:
    paper = docx_of(handover("# T\n\n[a](mailto:x@x.example) [b](/here) [c](https://c.example)\n"))
    assert in_docx(paper) == [("c", "https://c.example")]
    outside = [
        each.target_ref
        for each in paper.part.rels.values()
        if each.reltype == RELATIONSHIP_TYPE.HYPERLINK
    ]
    assert outside == ["https://c.example"]


def test_a_text_without_title_takes_the_one_given() -> None:
    item = replace(handover("Bara text."), title="Ordern")
    assert html_of(item).findtext(".//title") == "Annons: Pump & Co: Ordern"
    assert handover("Bara text.").heading == "magazine.example"


def test_an_address_that_cannot_be_read_is_left_alone() -> None:
    item = handover("# T\n\nSe [x](https://[broken) och [y](https://ex\u2603ample:99999/).")
    assert html_of(item).xpath("//a[@rel]") == []


def test_lines_and_code_stay_text_in_a_document() -> None:
    paper = docx_of(handover("# T\n\nen\ntvå  \ntre `kod`\n\n```\nrad <b>\n```\n"))
    texts = [each.text for each in paper.paragraphs]
    assert "en två\ntre kod" in texts
    assert "rad <b>" in texts
