"""An article or a brief as one standing HTML page, sanitized, with rel and label kept."""

from functools import cache
from html import escape
from importlib import resources
from string import Template

import nh3

from bacowr.exports import reading
from bacowr.exports.markdown import sheet_cells, sheet_head
from bacowr.exports.model import Handover
from bacowr.exports.wording import say

_TAGS = {
    *("a", "p", "h1", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "strong", "em", "code"),
    *("pre", "hr", "br", "table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "rel"}, "ol": {"start"}}
_SCHEMES = {"http", "https"}


def article_html(handover: Handover) -> str:
    """Write a page: label first, kind, the text, and the link sheet."""
    article = handover.article
    label = f'<p class="label">{escape(handover.label)}</p>\n' if handover.label else ""
    kind = f'<p class="kind">{escape(handover.kind_label)}</p>'
    body = (
        f"<header>\n{label}{kind}\n</header>\n"
        f"<main>\n<article>\n{fragment(handover)}</article>\n</main>\n"
        f"<footer>\n{_sheet(handover)}</footer>"
    )
    return page(
        title=f"{handover.label}: {handover.heading}" if handover.label else handover.heading,
        language=article.language,
        kind=handover.kind_label,
        body=body,
        label=handover.label,
    )


def fragment(handover: Handover) -> str:
    """Render the text alone; the link to the target carries the deal's rel, the others none."""
    parsed = reading.tokens(handover.article.markdown)
    marked = reading.with_rel(parsed, handover.article.target_url, handover.rel)
    return sanitized(reading.rendered(marked))


def sanitized(html: str) -> str:
    """Leave only the tags, attributes and addresses of a text; no target, no style, no script."""
    return nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None)


def page(*, title: str, language: str, kind: str, body: str, label: str | None = None) -> str:
    """Put a body, which is safe already, into a standing page."""
    named = escape(label or "")
    meta = f'<meta name="advertising-label" content="{named}">\n' if label else ""
    return _template().substitute(
        title=escape(title),
        language=escape(language),
        kind=escape(kind),
        label_meta=meta,
        body=body,
    )


def _sheet(handover: Handover) -> str:
    language = handover.article.language
    head = "".join(f"<th>{escape(each)}</th>" for each in sheet_head(language))
    rows = "".join(
        "<tr>"
        + "".join(f"<td>{escape(cell)}</td>" for cell in sheet_cells(handover, row))
        + "</tr>"
        for row in handover.sheet
    )
    return (
        f"<h2>{escape(say(language, 'sheet'))}</h2>\n<table>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>{rows}</tbody>\n</table>\n<p>{escape(say(language, 'keep'))}</p>\n"
    )


@cache
def _template() -> Template:
    return Template((resources.files("bacowr.exports") / "page.html").read_text(encoding="utf-8"))
