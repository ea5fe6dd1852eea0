"""Words that many texts must hold as they are: the label, and what policy packs prescribe."""

from bacowr.engine.article.model import Article
from bacowr.engine.policies.labels import ad_label
from bacowr.engine.policies.loading import in_use
from bacowr.engine.policies.model import Packs


def standing(article: Article) -> tuple[str, ...]:
    """List the label of an article's deal and all prescribed statements, in any language."""
    label = ad_label(article.terms, article.country, article.language)
    return (*((label.text,) if label else ()), *_statements(in_use()))


def _statements(packs: Packs) -> tuple[str, ...]:
    texts = {
        text
        for pack in packs.packs
        for required in pack.required
        for text in required.statement.values()
    }
    return tuple(sorted(texts))
