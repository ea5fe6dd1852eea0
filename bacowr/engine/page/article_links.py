"""Which links of a front page lead to articles."""

import re
from urllib.parse import urlsplit

from bacowr.engine import urls
from bacowr.engine.page.reading import Link, Reading
from bacowr.engine.text import words

_NOT_ARTICLES = re.compile(
    r"/(?:tag|taggar|category|kategori|author|skribent|login|logga-in|konto|account|cart|varukorg|"
    r"kassa|checkout|privacy|integritet\w*|cookies?|villkor|terms|kontakt\w*|contact\w*|search|sok|"
    r"feed|rss|sitemap|newsletter|nyhetsbrev|copyright|licen[sc]e|download|support|prosupport|"
    r"annonsera|advertise|om|om-oss|about|about-us|press|jobb|careers|wp-[\w-]+)(?:[/.]|$)",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?!html?$|php$|aspx?$)[a-z0-9]{2,5}$", re.IGNORECASE)
_DATED = re.compile(r"/20\d\d/")
LONG_TEXT_WORDS = 4
SHORT_TEXT_WORDS = 2


def article_links(front: Reading, leave_out: str) -> list[str]:
    """List addresses that look like articles of the same site, likeliest first.

    A link scores by a long text, a hyphenated address and a date in it; menus, categories, files
    and `leave_out` (the target) are passed over.
    """
    known = {urls.comparable(front.url), urls.comparable(leave_out)}
    scored: list[tuple[int, str]] = []
    for link in front.links:
        key = urls.comparable(link.url)
        if key in known or not urls.same_site(front.url, link.url):
            continue
        path = urlsplit(link.url).path
        if _NOT_ARTICLES.search(path) or _FILE.search(path) or path in {"", "/"}:
            continue
        known.add(key)
        scored.append((_score(link), link.url))
    return [url for _, url in sorted(scored, key=lambda each: -each[0])]


def _score(link: Link) -> int:
    parts = urlsplit(link.url)
    length = words.count(link.text)
    score = 3 if length >= LONG_TEXT_WORDS else 1 if length >= SHORT_TEXT_WORDS else 0
    score += min(2, parts.path.count("-"))
    score += bool(_DATED.search(parts.path))
    return score - bool(parts.query)
