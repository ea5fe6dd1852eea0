"""An article as a file in any format, and as an excerpt."""

from datetime import datetime

from bacowr.engine.article.parsed import parse
from bacowr.exports.evidence import article_json
from bacowr.exports.html import article_html
from bacowr.exports.markdown import article_markdown
from bacowr.exports.model import MEDIA_TYPES, File, Format, Handover
from bacowr.exports.naming import file_name
from bacowr.exports.word import article_docx

EXCERPT_CHARACTERS = 300


def export(handover: Handover, format_: Format, at: datetime) -> File:
    """Make a file; whether the article may leave the house is for the caller to ask.

    Raise Conflict for advertising that no label is known for.
    """
    return File(
        name=file_name(handover, format_),
        media_type=MEDIA_TYPES[format_],
        content=_content(handover, format_, at),
    )


def excerpt(handover: Handover, limit: int = EXCERPT_CHARACTERS) -> str:
    """Give the beginning as plain text, whole words only; the label stands before it."""
    paragraphs = parse(handover.article.markdown).paragraphs
    text = paragraphs[0].text if paragraphs else ""
    if len(text) > limit:
        text = text[:limit].rsplit(" ", 1)[0].rstrip(" ,;:") + "\u2026"
    return f"{handover.label}. {text}".rstrip() if handover.label else text


def _content(handover: Handover, format_: Format, at: datetime) -> bytes:
    if format_ is Format.DOCX:
        return article_docx(handover, at)
    if format_ is Format.JSON:
        return article_json(handover, at).encode()
    write = article_html if format_ is Format.HTML else article_markdown
    return write(handover).encode()
