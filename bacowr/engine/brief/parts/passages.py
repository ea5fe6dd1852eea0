"""Sentences worth keeping from the read pages: quotations, figures, dates, names and questions."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from bacowr.engine.brief.model import Fact, FactKind, Name, Quote, SourceShare
from bacowr.engine.page.entities import capitalized, content_words
from bacowr.engine.page.reading import Reading
from bacowr.engine.text import words
from bacowr.engine.text.lexicon import lexicon
from bacowr.engine.text.sentences import Sentence, sentences

QUOTE_WORDS = (8, 40)
FACT_WORDS = (5, 45)
QUOTES_OF_TARGET = 5
QUOTES_OF_OTHER = 2
MAX_QUOTES = 10
MAX_FACTS = 12
FACTS_OF_TARGET = 6
FACTS_OF_OTHER = 2
MAX_NAMES = 12
NAME_MENTIONS = 2
# A lone digit is a list number or a footnote more often than a fact.
MIN_VALUE_CHARACTERS = 2

_MONTH = (
    r"(?:januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december|"
    r"January|February|March|May|June|July|August|October|December)"
)
_DATE = re.compile(
    rf"(?<![\w.,-])(?:\d{{1,2}}(?:st|nd|rd|th)?\s{_MONTH}(?:\s\d{{4}})?|{_MONTH}\s\d{{1,2}},?\s\d{{4}}|"
    rf"{_MONTH}\s\d{{4}}|(?:19|20)\d{{2}}-\d{{2}}-\d{{2}}|(?:19|20)\d{{2}}(?:-talet|s)?)\b"
)
_NUMBER = re.compile(
    r"(?<![\w.,\[-])\d[\d\u00a0\u202f]*(?:[ ]\d{3})*(?:[.,]\d+)?(?:[-\u2013]\d+(?:[.,]\d+)?)?"
    r"(?:\s(?:till|to)\s\d[\d ]*)?"
    r"(?:\s?(?:%|procent|percent|kr\b|kronor|öre|kWh|kW|kvm|km|cm|mm|kg|MB|GB|TB|KB|bytes|"
    r"kvadratmeter|centimeter|meter|decibel|ampere|watt|grader|gånger|times|"
    r"miljoner|miljarder|million|billion|trillion|år|years?|dagar|days?|timmar|hours?))?"
    r"(?![\w-])"
)
_ENDED = re.compile(r"[.!?…][\"'\u201d\u2019»)]*$")


def quotes(target: Reading | None, others: Sequence[Reading]) -> tuple[Quote, ...]:
    """Choose verbatim sentences: those that hold most of their page's subject words."""
    found = [*_of_page(target, QUOTES_OF_TARGET)] if target else []
    for reading in others:
        found += _of_page(reading, QUOTES_OF_OTHER)
    unique = {each.text: each for each in reversed(found)}
    return tuple(each for each in found if unique.get(each.text) is each)[:MAX_QUOTES]


def shares(chosen: Sequence[Quote], readings: Sequence[Reading]) -> tuple[SourceShare, ...]:
    """Measure how much of each page's text is quoted."""
    quoted: Counter[str] = Counter()
    for each in chosen:
        quoted[each.url] += each.end - each.start
    return tuple(
        SourceShare(each.url, round(quoted[each.url] / len(each.text), 4))
        for each in readings
        if quoted[each.url]
    )


def facts(target: Reading | None, others: Sequence[Reading]) -> tuple[Fact, ...]:
    """List sentences with a number or a date: each value once, most of them from the target."""
    found: dict[str, Fact] = {}
    for reading in (*([target] if target else []), *others):
        most = FACTS_OF_TARGET if reading is target else FACTS_OF_OTHER
        stated = (_fact(sentence, reading) for sentence in _whole(reading, FACT_WORDS))
        of_page = {each.value: each for each in reversed([fact for fact in stated if fact])}
        first = sorted(of_page.values(), key=lambda each: each.start)[:most]
        for fact in first:
            found.setdefault(fact.sentence, fact)
    return tuple(found.values())[:MAX_FACTS]


def names(readings: Sequence[Reading]) -> tuple[Name, ...]:
    """List names in running text that are mentioned at least twice, most mentioned first."""
    counts: Counter[str] = Counter()
    first: dict[str, str] = {}
    for reading in readings:
        terms = lexicon(reading.language)
        for sentence in sentences(reading.text):
            for name in capitalized(_after_first_word(sentence.text), terms):
                counts[name] += 1
                first.setdefault(name, reading.url)
    return tuple(
        Name(name, count, first[name])
        for name, count in counts.most_common(MAX_NAMES)
        if count >= NAME_MENTIONS
    )


def _of_page(reading: Reading, limit: int) -> Iterator[Quote]:
    terms = lexicon(reading.language)
    frequent = Counter(content_words(reading.text, terms))
    subject = {word for word, count in frequent.most_common(20) if count > 1}

    def worth(sentence: Sentence) -> float:
        held = subject & set(content_words(sentence.text, terms))
        return len(held) + bool(_NUMBER.search(sentence.text))

    best = sorted(_whole(reading, QUOTE_WORDS), key=lambda each: -worth(each))[:limit]
    for each in sorted(best, key=lambda each: each.start):
        yield Quote(
            each.text, reading.url, reading.title, each.start, each.end, reading.source.fetched_at
        )


def _whole(reading: Reading, length: tuple[int, int]) -> list[Sentence]:
    """List whole sentences of fit length: no headings, no list items, nothing cut off."""
    least, most = length
    return [
        each
        for each in sentences(reading.text)
        if _ENDED.search(each.text) and each.text[0].isupper() and least <= each.words <= most
    ]


def _fact(sentence: Sentence, reading: Reading) -> Fact | None:
    date, number = _DATE.search(sentence.text), _NUMBER.search(sentence.text)
    match, kind = (date, FactKind.DATE) if date else (number, FactKind.NUMBER)
    if match is None or len(match[0].strip()) < MIN_VALUE_CHARACTERS:
        return None
    return Fact(
        value=match[0].strip(),
        kind=kind,
        sentence=sentence.text,
        url=reading.url,
        start=sentence.start,
        end=sentence.end,
        fetched_at=reading.source.fetched_at,
    )


def _after_first_word(text: str) -> str:
    """Leave out a sentence's first word, whose capital says nothing."""
    match = words.WORD.search(text)
    return text[match.end() :] if match else ""
