"""Whether a page marks an agreed link as advertising."""

import re
from collections.abc import Iterable

from lxml.html import HtmlElement

from bacowr.engine.policies.labels import label_rules
from bacowr.engine.watch.links import folded, tidy
from bacowr.engine.watch.model import Agreed
from bacowr.engine.watch.visibility import hidden_by

LONGEST_LABEL_WORDS = 14
# Advertisements of others are marked there, and links for advertisers stand there.
_ASIDE = frozenset({"nav", "footer", "aside", "iframe", "form", "button"})
_PARTNERS = r"från|from|fra|by|av|af|for|för|i samarbete med|i samarbeid med|in partnership with"
_SILENT = frozenset({"script", "style", "template", "noscript", "head", "title"})


def words_of(agreed: Agreed) -> tuple[str, ...]:
    """List the words that count as a label: the agreed one, and the language's own."""
    rules = label_rules()
    language = rules.aliases.get(agreed.language or "", agreed.language or "")
    fitting = [each for each in rules.labels if each.language == language] or rules.labels
    accepted = [word for each in fitting for word in (each.word, *each.accepted)]
    return tuple(dict.fromkeys([*([agreed.ad_label] if agreed.ad_label else []), *accepted]))


def find(tree: HtmlElement, agreed: Agreed) -> str | None:
    """Find the label as readers see it: at the start of a short line, outside of side matter."""
    pattern = _pattern(words_of(agreed))
    for element in tree.iter():
        if not isinstance(element.tag, str) or element.tag in _SILENT:
            continue
        for text in (element.text, *(each.tail for each in element)):
            if text and pattern.match(folded(text)) and _is_shown(element):
                return _line(element, text)
    return None


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    choices = "|".join(re.escape(folded(each)) for each in sorted(words, key=len, reverse=True))
    # A word of a sentence, like "Ad campaigns are", is no label.
    return re.compile(rf"[\[(*\s]*(?:{choices})(?:$|\s*[:|*)\].!/-]|\s+(?:{_PARTNERS})\s)")


def _is_shown(element: HtmlElement) -> bool:
    inside = {each.tag for each in (element, *element.iterancestors())}
    if inside & _ASIDE or element.tag == "a":
        return False
    return hidden_by(element) is None


def _line(element: HtmlElement, text: str) -> str:
    whole = tidy(element.text_content())
    return (whole if len(whole.split()) <= LONGEST_LABEL_WORDS else tidy(text))[:200]
