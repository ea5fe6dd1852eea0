"""The running text of a page, without its menus, side columns and comments."""

import re
import unicodedata

import trafilatura
from lxml import html as lxml_html

TEXT_CAP_CHARACTERS = 50_000

# Below this, an extractor has likely missed the body, and a plainer way is tried.
MIN_WORDS = 25

_CONTAINERS = (
    "//main",
    "//article",
    "//*[contains(@id, 'content') or contains(@class, 'content')]",
    "//body",
)
_SILENT = "//script|//style|//noscript|//template|//nav|//header|//footer|//aside|//form|//svg"
_BLOCKS = "//p|//li|//h1|//h2|//h3|//h4|//h5|//h6|//div|//tr|//br|//blockquote|//pre|//dt|//dd"


def body_text(html: str) -> tuple[str, bool]:
    """Extract a page's text, one block a line; give it with whether it was cut at the cap.

    Tries the extractor first, then `main`, `article`, a container named content and `body`.
    """
    text = _tidy(trafilatura.extract(html, include_comments=False, include_tables=False) or "")
    if len(text.split()) < MIN_WORDS:
        text = max(text, _plain(html), key=len)
    return text[:TEXT_CAP_CHARACTERS], len(text) > TEXT_CAP_CHARACTERS


def parse(html: str) -> lxml_html.HtmlElement:
    """Parse HTML however broken it is; an empty text gives an empty document."""
    # Bytes, because lxml refuses text that carries its own encoding declaration.
    parser = lxml_html.HTMLParser(encoding="utf-8")
    content = html.encode("utf-8", "replace") if html.strip() else b"<html><body></body></html>"
    try:
        return lxml_html.document_fromstring(content, parser=parser)
    except lxml_html.etree.ParserError:
        return lxml_html.document_fromstring(b"<html><body></body></html>", parser=parser)


def _plain(html: str) -> str:
    tree = parse(html)
    for element in tree.xpath(_SILENT):
        element.drop_tree()
    for element in tree.xpath(_BLOCKS):
        element.tail = "\n" + (element.tail or "")
        element.text = "\n" + (element.text or "")
    best = ""
    for path in _CONTAINERS:
        best = max((_tidy(each.text_content()) for each in tree.xpath(path)), key=len, default="")
        if len(best.split()) >= MIN_WORDS:
            break
    return best


def _tidy(text: str) -> str:
    lines = (re.sub(r"\s+", " ", line).strip() for line in text.splitlines())
    return unicodedata.normalize("NFC", "\n".join(line for line in lines if line))
