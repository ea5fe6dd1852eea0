"""What an article is, apart from the Markdown it is written in."""

import hashlib
from dataclasses import dataclass

from bacowr.engine.brief.model import DocumentKind
from bacowr.engine.terms import Terms


@dataclass(frozen=True)
class Article:
    """One version of an article.

    `markdown` holds headings, paragraphs, lists and links; the link to the target stands in it as
    a plain Markdown link that code has placed. `rel` and the advertising label are no part of it:
    every export adds them from `terms`, so that no edit can lose them. `model` names who wrote an
    AI draft, `author` the person who wrote or last edited it.
    """

    markdown: str
    language: str
    country: str
    anchor_text: str
    target_url: str
    terms: Terms
    kind: DocumentKind = DocumentKind.AI_DRAFT
    model: str | None = None
    author: str | None = None

    @property
    def sha256(self) -> str:
        """Give the digest of the text, by which versions are told apart."""
        return hashlib.sha256(self.markdown.encode()).hexdigest()
