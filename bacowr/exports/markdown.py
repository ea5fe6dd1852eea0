"""An article as Markdown: label first, the text as it is, the link sheet last."""

from bacowr.engine.brief.markdown import plain, table
from bacowr.exports.model import Handover, SheetRow
from bacowr.exports.wording import say


def article_markdown(handover: Handover) -> str:
    """Write an article; Markdown has no rel, so that the link sheet carries it."""
    language = handover.article.language
    parts = [
        f"**{plain(handover.label)}**" if handover.label else "",
        f"*{plain(handover.kind_label)}*",
        handover.article.markdown.strip(),
        "---",
        f"## {plain(say(language, 'sheet'))}",
        table(
            [plain(each) for each in sheet_head(language)],
            [[plain(each) for each in sheet_cells(handover, row)] for row in handover.sheet],
        ),
        plain(say(language, "keep")),
    ]
    return "\n\n".join(each for each in parts if each) + "\n"


def sheet_head(language: str) -> list[str]:
    """Give the link sheet's column titles."""
    return [say(language, each) for each in ("anchor", "url", "rel", "label")]


def sheet_cells(handover: Handover, row: SheetRow) -> list[str]:
    """Give a link sheet's line in words."""
    language = handover.article.language
    return [
        row.anchor,
        row.url,
        row.rel or say(language, "no_rel"),
        row.label or say(language, "no_label"),
    ]
