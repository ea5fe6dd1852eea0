"""The running text of a page, without its menus, side columns and comments."""

import importlib
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from types import ModuleType

from lxml import html as lxml_html
from lxml.html import HtmlElement

TEXT_CAP_CHARACTERS = 50_000

# Below this, an extractor has likely missed the body, and a plainer way is tried.
MIN_WORDS = 25

_KEY_CHARACTERS = 40
_CONTAINERS = (
    "//main",
    "//article",
    "//*[contains(@id, 'content') or contains(@class, 'content')]",
    "//body",
)
_SILENT = "//script|//style|//noscript|//template|//nav|//header|//footer|//aside|//form|//svg"
_TEXT_TAGS = ("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "dd", "dt", "td", "pre")
_BLOCK_TAGS = (*_TEXT_TAGS, "div", "section", "article", "main", "figcaption")
_BREAKING = "//p|//li|//h1|//h2|//h3|//h4|//h5|//h6|//div|//tr|//br|//blockquote|//pre|//dt|//dd"
_EXTRACTED = {"p", "head", "item", "quote"}


def body_text(html: str) -> tuple[str, bool]:
    """Extract a page's text, one block a line; give it with whether it was cut at the cap.

    The extractor says which blocks belong to the body; their text is then taken from the page
    itself, word for word, because an extractor may drop words inside a sentence and a quotation
    must not. Without enough text `main`, `article`, a container named content and `body` are
    tried.
    """
    text = "\n".join(_verbatim(html))
    if len(text.split()) < MIN_WORDS:
        text = max(text, _plain(html), key=len)
    return text[:TEXT_CAP_CHARACTERS], len(text) > TEXT_CAP_CHARACTERS


def parse(html: str) -> HtmlElement:
    """Parse HTML however broken it is; an empty text gives an empty document."""
    # Bytes, because lxml refuses text that carries its own encoding declaration.
    parser = lxml_html.HTMLParser(encoding="utf-8")
    content = html.encode("utf-8", "replace") if html.strip() else b"<html><body></body></html>"
    try:
        return lxml_html.document_fromstring(content, parser=parser)
    except lxml_html.etree.ParserError:
        return lxml_html.document_fromstring(b"<html><body></body></html>", parser=parser)


def tidy(text: str) -> str:
    """Put a text on one line, with single spaces, in Unicode's composed form."""
    return unicodedata.normalize("NFC", re.sub(r"\s+", " ", text).strip())


def _verbatim(html: str) -> Iterator[str]:
    """Give the page's own text of each block that the extractor counts to the body."""
    blocks = list(_blocks(parse(html)))
    squeezed = [_squeezed(each) for each in blocks]
    page, ends = "".join(squeezed), list(accumulate(map(len, squeezed)))
    last = -1
    for wanted in _extracted(html):
        key = _squeezed(wanted)[:_KEY_CHARACTERS]
        found = page.find(key, ends[last] if last >= 0 else 0) if key else -1
        place = bisect_right(ends, found) if found >= 0 else -1
        if place > last:
            last = place
            yield blocks[place]


@cache
def _extractor() -> ModuleType:
    """Load the library with the first page: most processes meet none, and it takes a second."""
    return importlib.import_module("trafilatura")


def _extracted(html: str) -> Iterator[str]:
    document = _extractor().bare_extraction(html, include_comments=False, include_tables=False)
    if document is not None:
        for element in document.body.iter(*_EXTRACTED):
            yield "".join(map(str, element.itertext()))


def _blocks(tree: HtmlElement) -> Iterator[str]:
    """Give the text of every block that holds no other block."""
    for element in tree.xpath("//script|//style|//noscript|//template"):
        element.drop_tree()
    for element in tree.iter(*_BLOCK_TAGS):
        if not any(each.tag in _BLOCK_TAGS for each in element.iterdescendants()):
            text = tidy(element.text_content())
            if text:
                yield text


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFC", text))


def _plain(html: str) -> str:
    tree = parse(html)
    for element in tree.xpath(_SILENT):
        element.drop_tree()
    for element in tree.xpath(_BREAKING):
        element.tail = "\n" + (element.tail or "")
        element.text = "\n" + (element.text or "")
    first = ""
    for path in _CONTAINERS:
        found = max((_lines(each.text_content()) for each in tree.xpath(path)), key=len, default="")
        if len(found.split()) >= MIN_WORDS:
            return found
        first = first or found
    return first


def _lines(text: str) -> str:
    lines = (tidy(line) for line in text.splitlines())
    return "\n".join(line for line in lines if line)
