"""Names and topics on a page, found by fixed rules: the same page always gives the same lists."""

import re
from collections import Counter
from collections.abc import Iterable

from bacowr.engine.text.lexicon import Lexicon
from bacowr.engine.text.stems import stem
from bacowr.engine.text.words import WORD, is_number, lowered

MAX_LISTED = 10
TITLE_ENTITIES = 3
H1_ENTITIES = 2
HEADING_TOPICS = 2
KEYWORD_TOPICS = 5
MIN_LETTERS = 3
MAX_TOPIC_WORDS = 3

_BAR_SUFFIX = re.compile(r"\s*[|·]\s.*$")
# A site's name is short; a longer part after a dash belongs to the title, and so does a question.
_DASH_SUFFIX = re.compile(r"\s+[\u2013\u2014-]\s+(?:[^\s?!]+\s*){1,4}$")
_JOINED = {"", "&"}

Weighted = list[tuple[str, int]]


def without_suffix(title: str) -> str:
    """Cut a title before its site name: before ` | `, else before a last, short ` - ` part."""
    bare = _BAR_SUFFIX.sub("", title)
    return (bare if bare != title else _DASH_SUFFIX.sub("", title)).strip()


def entities(title: str | None, h1s: Iterable[str], lexicon: Lexicon) -> tuple[str, ...]:
    """List names: capitalized runs, three from the title and two from each h1 (domain 3.3)."""
    weighted: Weighted = [(each, 3) for each in capitalized(title or "", lexicon)[:TITLE_ENTITIES]]
    for h1 in h1s:
        weighted += [(each, 2) for each in capitalized(h1, lexicon)[:H1_ENTITIES]]
    return ranked(weighted)


def topics(
    h2s: Iterable[str], h3s: Iterable[str], keywords: Iterable[str], lexicon: Lexicon
) -> tuple[str, ...]:
    """List topics: two from each h2 and h3, and five meta keywords (domain 3.3)."""
    weighted: Weighted = []
    for weight, headings in ((3, h2s), (2, h3s)):
        for heading in headings:
            found = [each for each in content_phrases(heading, lexicon) if len(each) >= MIN_LETTERS]
            weighted += [(each, weight) for each in found[:HEADING_TOPICS]]
    weighted += [(each.lower(), 2) for each in list(keywords)[:KEYWORD_TOPICS]]
    return ranked(weighted)


def ranked(weighted: Weighted, limit: int = MAX_LISTED) -> tuple[str, ...]:
    """Join what differs only in case; order by summed weight, then by first place."""
    sums: dict[str, int] = {}
    spelled: dict[str, str] = {}
    for text, weight in weighted:
        key = text.casefold()
        spelled.setdefault(key, text)
        sums[key] = sums.get(key, 0) + weight
    order = sorted(sums, key=lambda key: -sums[key])
    return tuple(spelled[key] for key in order[:limit])


def capitalized(text: str, lexicon: Lexicon) -> list[str]:
    """List runs of capitalized words over two letters, without stop words at the edges."""
    runs: list[tuple[int, int]] = []
    open_run = False
    for match in WORD.finditer(text):
        named = match[0][0].isupper() and match[0].lower() not in lexicon.stop
        joined = open_run and text[runs[-1][1] : match.start()].strip() in _JOINED
        if named and joined:
            runs[-1] = (runs[-1][0], match.end())
        elif named:
            runs.append(match.span())
        open_run = named
    found = (re.sub(r"\s+", " ", text[start:end]) for start, end in runs)
    return [each for each in found if len(each) >= MIN_LETTERS]


def content_phrases(text: str, lexicon: Lexicon) -> list[str]:
    """List runs of up to three words that carry a topic, in lower case but for initials."""
    runs: list[list[str]] = [[]]
    end = 0
    for match in WORD.finditer(text):
        word = match[0] if match[0].isupper() and len(match[0]) > 1 else match[0].lower()
        apart = bool(text[end : match.start()].strip())
        end = match.end()
        if apart or len(runs[-1]) == MAX_TOPIC_WORDS:
            runs.append([])
        if word.lower() in lexicon.stop or is_number(word):
            runs.append([])
        else:
            runs[-1].append(word)
    return [" ".join(run) for run in runs if run]


def content_words(text: str, lexicon: Lexicon) -> list[str]:
    """List the words of a text that carry a topic, in lower case."""
    found = (match[0].lower() for match in WORD.finditer(text))
    return [
        each
        for each in found
        if len(each) >= MIN_LETTERS and each not in lexicon.stop and not is_number(each)
    ]


def subject(title: str | None, h1s: Iterable[str], text: str, lexicon: Lexicon) -> str | None:
    """Name what a page is about: the phrase of its title or h1 that its text repeats most."""
    counts = Counter(map(stem, lowered(text)))
    phrases = [
        phrase
        for each in (without_suffix(title or ""), *h1s)
        for phrase in content_phrases(each, lexicon)
    ]
    weights = {each: sum(counts[stem(word)] for word in each.split()) for each in phrases}
    return max(weights, key=lambda each: weights[each], default=None)
