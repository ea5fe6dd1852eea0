"""A brief or a skeleton as a file; its Markdown opens with what it is."""

from dataclasses import dataclass
from datetime import datetime

from bacowr.base.errors import Invalid
from bacowr.exports import reading
from bacowr.exports.html import page, sanitized
from bacowr.exports.model import MEDIA_TYPES, File, Format
from bacowr.exports.naming import named, slug
from bacowr.exports.word import Properties, markdown_docx


@dataclass(frozen=True)
class Paper:
    """A brief or skeleton: its Markdown, and what stands in its file name and metadata."""

    markdown: str
    title: str
    language: str
    kind_label: str
    publisher: str


def export(paper: Paper, format_: Format, at: datetime) -> File:
    """Make a file; raise Invalid for JSON, which the API gives."""
    name = named(f"{slug(paper.kind_label)}-{slug(paper.publisher)}", format_)
    return File(name, MEDIA_TYPES[format_], _content(paper, format_, at))


def _content(paper: Paper, format_: Format, at: datetime) -> bytes:
    if format_ is Format.MARKDOWN:
        return paper.markdown.encode()
    if format_ is Format.HTML:
        return _html(paper).encode()
    if format_ is Format.DOCX:
        properties = Properties(
            title=f"{paper.kind_label}: {paper.title}",
            language=paper.language,
            kind=paper.kind_label,
            at=at,
        )
        return markdown_docx(paper.markdown, properties)
    raise Invalid("A brief is exported as Markdown, HTML or DOCX.")


def _html(paper: Paper) -> str:
    body = sanitized(reading.rendered(reading.tokens(paper.markdown)))
    return page(
        title=f"{paper.kind_label}: {paper.title}",
        language=paper.language,
        kind=paper.kind_label,
        body=f"<main>\n{body}</main>",
    )
