"""The seven topics a site can be about, and the words that two texts share (domain 3.3, 3.7)."""

from collections import Counter
from collections.abc import Iterable

from bacowr.engine.page.entities import content_words
from bacowr.engine.page.reading import Reading
from bacowr.engine.text.lexicon import hits, lexicon

# Default: a topic holds when at least two of its words occur three times in all, and at least a
# quarter as often as those of the strongest topic.
MIN_HITS = 3
MIN_WORDS = 2
SHARE_OF_STRONGEST = 0.25
MAX_EVIDENCE = 6
MAX_TERMS = 30
MIN_TERM_LETTERS = 4
HEADLINE_WEIGHT = 5

Topics = dict[str, tuple[str, ...]]


def topics_of(readings: Iterable[Reading]) -> Topics:
    """Tell what pages are about: each topic, strongest first, with the words that show it."""
    text = "\n".join(whole_text(each) for each in readings)
    counted = {
        name: Counter(hits(text, terms)) for name, terms in lexicon().group("topics").items()
    }
    strongest = max((each.total() for each in counted.values()), default=0)
    held = {
        name: counts
        for name, counts in counted.items()
        if counts.total() >= max(MIN_HITS, SHARE_OF_STRONGEST * strongest)
        and len(counts) >= MIN_WORDS
    }
    order = sorted(held, key=lambda name: -held[name].total())
    return {name: tuple(word for word, _ in held[name].most_common(MAX_EVIDENCE)) for name in order}


def terms_of(readings: Iterable[Reading], limit: int = MAX_TERMS) -> tuple[str, ...]:
    """List the words that carry pages' subject, most frequent first, then by first place.

    A word in title, description or a heading counts as much as five in running text (Default).
    """
    counts: Counter[str] = Counter()
    for reading in readings:
        terms = lexicon(reading.language)
        for text, weight in ((headlines(reading), HEADLINE_WEIGHT), (reading.text, 1)):
            for word in content_words(text, terms):
                if len(word) >= MIN_TERM_LETTERS:
                    counts[word] += weight
    return tuple(word for word, count in counts.most_common(limit) if count > 1)


def shared_terms(target: Reading, publisher: Iterable[Reading], limit: int = 10) -> tuple[str, ...]:
    """List the target's subject words that the publisher's pages use too."""
    known = {
        word
        for reading in publisher
        for word in content_words(whole_text(reading), lexicon(reading.language))
    }
    return tuple(each for each in terms_of([target]) if each in known)[:limit]


def headlines(reading: Reading) -> str:
    """Join what a page puts forward: title, description and headings."""
    headings = (each.text for each in reading.headings)
    return "\n".join((reading.title or "", reading.description or "", *headings))


def whole_text(reading: Reading) -> str:
    """Join what a page says: title, description, headings and running text."""
    return f"{headlines(reading)}\n{reading.text}"
