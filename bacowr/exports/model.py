"""What can be exported, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from bacowr.base.errors import Conflict
from bacowr.engine import urls
from bacowr.engine.article.model import Article
from bacowr.engine.article.parsed import parse
from bacowr.engine.brief.model import DocumentKind
from bacowr.engine.policies.labels import label_line
from bacowr.engine.terms import rel_attribute
from bacowr.exports.wording import say


class Format(StrEnum):
    """The kinds of file."""

    MARKDOWN = "md"
    HTML = "html"
    DOCX = "docx"
    JSON = "json"


MEDIA_TYPES = {
    Format.MARKDOWN: "text/markdown; charset=utf-8",
    Format.HTML: "text/html; charset=utf-8",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.JSON: "application/json",
}


@dataclass(frozen=True)
class File:
    """A finished file."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class SheetRow:
    """One line of a link sheet; the agreed `rel` is None for a followed link."""

    anchor: str
    url: str
    rel: str | None
    label: str | None


@dataclass(frozen=True)
class Handover:
    """An article as it is handed over.

    `evidence` is what the JSON carries beside the text (the report, the ledger, costs, versions):
    values that `json.dumps` takes. `title` stands in when the text has no H1 of its own.
    """

    article: Article
    publisher: str
    title: str = ""
    evidence: Mapping[str, object] = field(default_factory=dict)

    @cached_property
    def heading(self) -> str:
        """Give the article's title."""
        return parse(self.article.markdown).title or self.title or self.publisher

    @cached_property
    def label(self) -> str | None:
        """Give the advertising label; None for a deal that needs none.

        Raise Conflict for one that needs a label when no wording is known for the article's
        country and language: without it nothing may leave the house.
        """
        article = self.article
        line = label_line(article)
        if line is None and article.terms.is_advertising:
            place = f"{article.language} in {article.country.upper()}"
            raise Conflict(f"The link is advertising, and no label is known for {place}.")
        return line

    @property
    def kind_label(self) -> str:
        """Say who wrote the text (domain 4)."""
        article, language = self.article, self.article.language
        if article.kind is DocumentKind.AI_DRAFT:
            return say(language, "ai_draft", model=article.model or say(language, "unknown_model"))
        if article.author:
            return say(language, "human_text_by", author=article.author)
        return say(language, "human_text")

    @property
    def rel(self) -> str | None:
        """Give the value of `rel` that the link to the target carries."""
        return rel_attribute(self.article.terms.rel)

    @cached_property
    def sheet(self) -> tuple[SheetRow, ...]:
        """List the links to the target as they stand; as ordered when there is none yet."""
        wanted = comparable(self.article.target_url)
        links = parse(self.article.markdown).links
        texts = [each.link.text for each in links if comparable(each.url) == wanted]
        return tuple(
            SheetRow(text, self.article.target_url, self.rel, self.label)
            for text in texts or [self.article.anchor_text]
        )


def comparable(url: str) -> str:
    """Spell an address so that one written by Markdown equals the one that was ordered."""
    try:
        return urls.normalize(url)
    except ValueError:
        return url
