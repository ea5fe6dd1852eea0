"""The links of a page that have to do with the agreed one."""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from bacowr.engine import urls
from bacowr.engine.watch.model import Agreed, FoundLink
from bacowr.engine.watch.visibility import hidden_by

MOST_KEPT = 20
_FOLDED = str.maketrans({"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-"})


@dataclass(frozen=True)
class Found:
    """Links to the target, and others with the agreed anchor or to the target's site."""

    to_target: tuple[FoundLink, ...]
    same_anchor: tuple[FoundLink, ...]
    same_site: tuple[FoundLink, ...]


def find(tree: HtmlElement, base: str, agreed: Agreed) -> Found:
    """Sort a page's links by what they have to do with the agreed one."""
    declared = next(iter(tree.xpath("//base/@href")), "")
    base = whole(base, str(declared)) or base
    target, anchor = urls.comparable(agreed.target_url), folded(agreed.anchor_text)
    own = urls.same_site(agreed.page_url, agreed.target_url)
    to_target, same_anchor, same_site = [], [], []
    for element in tree.xpath("//a[@href]|//area[@href]"):
        href = whole(base, element.get("href"))
        if href is None:
            continue
        if _is(href, target):
            to_target.append(_link(element, href))
        elif anchor and folded(anchor_of(element)) == anchor:
            same_anchor.append(_link(element, href))
        elif not own and urls.same_site(href, agreed.target_url):
            same_site.append(_link(element, href))
    return Found(*(tuple(each[:MOST_KEPT]) for each in (to_target, same_anchor, same_site)))


def anchor_of(element: HtmlElement) -> str:
    """Give what can be clicked in words: a link's text, else what its pictures stand for."""
    if text := tidy(element.text_content()):
        return text
    alternatives = element.xpath(".//img/@alt|.//svg/@aria-label|./@aria-label|.//svg/title/text()")
    return tidy(" ".join(map(str, alternatives)))


def tidy(text: str) -> str:
    """Put a text on one line with single spaces, without invisible characters."""
    text = re.sub(r"[\u200b-\u200f\u2060\ufeff\u00ad]", "", text)
    return unicodedata.normalize("NFC", re.sub(r"\s+", " ", text).strip())


def folded(text: str) -> str:
    """Spell a text for comparing: case, kinds of spaces, quotes and dashes don't count."""
    return tidy(text).translate(_FOLDED).casefold()


def _link(element: HtmlElement, href: str) -> FoundLink:
    rel = tuple(dict.fromkeys((element.get("rel") or "").lower().replace(",", " ").split()))
    return FoundLink(href, anchor_of(element), rel, hidden_by(element))


def whole(base: str, href: str) -> str | None:
    """Make a link's address whole; None when it leads to no page of the web."""
    try:
        url = urljoin(base, href.strip())
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.hostname else None


def _is(href: str, target: str) -> bool:
    try:
        return urls.comparable(href) == target
    except ValueError:
        return False
