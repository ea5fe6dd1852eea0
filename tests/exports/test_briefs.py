"""Briefs and skeletons as files."""

from datetime import UTC, datetime
from io import BytesIO

import docx
import pytest
from lxml import html as lxml_html
from lxml.html import HtmlElement

from bacowr.base.errors import Invalid
from bacowr.exports.brief import Paper, export
from bacowr.exports.model import Format

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
MARKDOWN = (
    "# Underlag för magazine.example\n\n> **Underlag.** Ingen språkmodell är ansluten.\n\n"
    "## Fakta\n\n| Värde | Källa |\n| --- | --- |\n| 25 dB | <https://scb.se/el> |\n\n"
    "- **Mål:** <https://shop.example/>\n  - under <script>alert(1)</script>\n"
)
PAPER = Paper(MARKDOWN, "Underlag för magazine.example", "sv", "Underlag", "magazine.example")


def opened(content: bytes) -> HtmlElement:
    return lxml_html.document_fromstring(content)


def test_markdown_is_handed_over_as_it_is() -> None:
    file = export(PAPER, Format.MARKDOWN, MOMENT)
    assert file.content.decode() == MARKDOWN
    assert file.name == "underlag-magazine.example.md"


def test_a_page_holds_the_banner_tables_and_links_but_no_script() -> None:
    page = opened(export(PAPER, Format.HTML, MOMENT).content)
    assert page.findtext(".//title") == "Underlag: Underlag för magazine.example"
    assert page.xpath("//meta[@name='document-kind']/@content") == ["Underlag"]
    assert page.xpath("//blockquote//strong")[0].text == "Underlag."
    assert [each.text_content() for each in page.xpath("//td")] == ["25 dB", "https://scb.se/el"]
    assert page.xpath("//a/@href") == ["https://scb.se/el", "https://shop.example/"]
    assert not page.xpath("//script | //meta[@name='advertising-label']")


def test_a_document_holds_the_table_and_real_links() -> None:
    file = export(PAPER, Format.DOCX, MOMENT)
    paper = docx.Document(BytesIO(file.content))
    assert [each.text for each in paper.tables[0].rows[1].cells] == ["25 dB", "https://scb.se/el"]
    (link,) = paper.tables[0].rows[1].cells[1].paragraphs[0].hyperlinks
    assert link.address == "https://scb.se/el"
    assert paper.core_properties.category == "Underlag"
    styles = [each.style.name for each in paper.paragraphs if each.style]
    assert styles[:2] == ["Heading 1", "Quote"]
    assert paper.paragraphs[-1].text == "under <script>alert(1)</script>"


def test_json_is_no_format_of_a_brief() -> None:
    with pytest.raises(Invalid):
        export(PAPER, Format.JSON, MOMENT)
