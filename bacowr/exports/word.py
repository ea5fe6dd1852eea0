"""Markdown as a Word document: headings as styles, real hyperlinks, tables."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from markdown_it.token import Token

from bacowr.exports import reading
from bacowr.exports.markdown import sheet_cells, sheet_head
from bacowr.exports.model import Handover
from bacowr.exports.wording import say

LINK_COLOR = "0B57D0"
# The most that python-docx takes for a core property.
PROPERTY_CHARACTERS = 255

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_SCHEMES = ("http://", "https://")


@dataclass(frozen=True)
class Properties:
    """What a document says about itself; `at` is when it was made."""

    title: str
    language: str
    kind: str
    subject: str = ""
    author: str = ""
    at: datetime | None = None


def article_docx(handover: Handover, at: datetime) -> bytes:
    """Write a document: label first, kind, the text, and the link sheet as a table."""
    article = handover.article
    document = docx.Document()
    _describe(
        document,
        Properties(
            title=f"{handover.label}: {handover.heading}" if handover.label else handover.heading,
            language=article.language,
            kind=handover.kind_label,
            subject=handover.label or "",
            author=article.author or article.model or "",
            at=at,
        ),
    )
    if handover.label:
        document.add_paragraph().add_run(_printable(handover.label)).bold = True
    document.add_paragraph().add_run(_printable(handover.kind_label)).italic = True
    _Body(document).write(reading.tokens(article.markdown))
    document.add_heading(say(article.language, "sheet"), 2)
    rows = [sheet_head(article.language)]
    rows += [sheet_cells(handover, each) for each in handover.sheet]
    _table(document, rows)
    document.add_paragraph(say(article.language, "keep"))
    return _bytes(document)


def markdown_docx(markdown: str, properties: Properties) -> bytes:
    """Write any Markdown as a document."""
    document = docx.Document()
    _describe(document, properties)
    _Body(document).write(reading.tokens(markdown))
    return _bytes(document)


def _describe(document: Document, properties: Properties) -> None:
    about = document.core_properties
    about.title, about.subject = _short(properties.title), _short(properties.subject)
    about.category = about.keywords = _short(properties.kind)
    about.author, about.language = _short(properties.author), properties.language
    about.comments = ""
    if properties.at is not None:
        about.created = about.modified = properties.at.replace(tzinfo=None)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), properties.language)
    document.styles["Normal"].element.get_or_add_rPr().append(language)


def _printable(text: str) -> str:
    """Drop the control characters that XML does not take."""
    return _CONTROL.sub("", text)


def _short(text: str) -> str:
    return _printable(text)[:PROPERTY_CHARACTERS]


def _bytes(document: Document) -> bytes:
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


@dataclass
class _Body:
    """Writes Markdown tokens into a document, keeping count of what it is inside of."""

    document: Document
    containers: list[str] = field(default_factory=list)
    rows: list[list[Token]] = field(default_factory=list)

    def write(self, parsed: Sequence[Token]) -> None:
        """Write all blocks."""
        for index, token in enumerate(parsed):
            if token.type in {"bullet_list_open", "ordered_list_open", "blockquote_open"}:
                self.containers.append(token.type)
            elif token.type in {"bullet_list_close", "ordered_list_close", "blockquote_close"}:
                self.containers.pop()
            elif token.type == "tr_open":
                self.rows.append([])
            elif token.type == "table_close":
                self.table()
            elif token.type == "inline":
                self.block(token, parsed[index - 1])
            elif token.type in {"fence", "code_block"}:
                self.document.add_paragraph(_printable(token.content.rstrip()))

    def block(self, token: Token, opened: Token) -> None:
        """Write a heading, a paragraph or keep a table's cell."""
        if opened.type in {"th_open", "td_open"}:
            self.rows[-1].append(token)
        elif opened.type == "heading_open":
            _inline(self.document.add_heading("", int(opened.tag[1])), token)
        else:
            _inline(self.document.add_paragraph(style=self.style), token)

    @property
    def style(self) -> str:
        """Name the style of a paragraph where it stands."""
        if "blockquote_open" in self.containers:
            return "Quote"
        if self.containers:
            return "List Bullet" if self.containers[-1].startswith("bullet") else "List Number"
        return "Normal"

    def table(self) -> None:
        """Write the table whose cells were kept."""
        rows, self.rows = self.rows, []
        if not rows:
            return
        made = self.document.add_table(len(rows), max(map(len, rows)), style="Table Grid")
        for row, cells in zip(made.rows, rows, strict=True):
            for cell, token in zip(row.cells, cells, strict=False):
                _inline(cell.paragraphs[0], token)


def _inline(paragraph: Paragraph, token: Token) -> None:
    """Write a block's pieces; an address that is no web address stays plain text."""
    strong = emphasis = 0
    href = ""
    for each in token.children or []:
        if each.type == "link_open":
            href = str(each.attrs.get("href", ""))
        elif each.type == "link_close":
            href = ""
        elif each.type.startswith(("strong", "em")):
            strong += each.nesting if each.type.startswith("strong") else 0
            emphasis += each.nesting if each.type.startswith("em") else 0
        else:
            text = " " if each.type == "softbreak" else each.content
            text = "\n" if each.type == "hardbreak" else _printable(text)
            if href.startswith(_SCHEMES):
                _hyperlink(paragraph, href, text)
            else:
                run = paragraph.add_run(text)
                run.bold, run.italic = bool(strong) or None, bool(emphasis) or None


def _hyperlink(paragraph: Paragraph, url: str, text: str) -> None:
    """Add a hyperlink that Word follows; python-docx has no call for it."""
    link = OxmlElement("w:hyperlink")
    link.set(
        qn("r:id"), paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    )
    run, style = OxmlElement("w:r"), OxmlElement("w:rPr")
    for name, value in (("w:color", LINK_COLOR), ("w:u", "single")):
        element = OxmlElement(name)
        element.set(qn("w:val"), value)
        style.append(element)
    shown = OxmlElement("w:t")
    shown.set(_XML_SPACE, "preserve")
    shown.text = text
    run.append(style)
    run.append(shown)
    link.append(run)
    paragraph._p.append(link)  # noqa: SLF001 - the one door to a paragraph's XML.


def _table(document: Document, rows: list[list[str]]) -> None:
    made = document.add_table(len(rows), len(rows[0]), style="Table Grid")
    for row, cells in zip(made.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = _printable(text)
