"""The related terms of an article, and which of them stand around the link (domain 2, 3.4)."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bacowr.engine.article.parsed import Block, BlockKind, PlacedLink
from bacowr.engine.checks.subject import Subject
from bacowr.engine.checks.thresholds import thresholds
from bacowr.engine.page.reading import Reading
from bacowr.engine.research.topics import terms_of
from bacowr.engine.text.sentences import Sentence
from bacowr.engine.text.stems import stem
from bacowr.engine.text.words import lowered

_SCANDINAVIAN = frozenset({"sv", "da", "nb"})
_ARTICLE = re.compile(r"(?<=[aeiouyåäöæø])[nt]$")


@dataclass(frozen=True)
class Window:
    """The sentence of the link and two on each side; `found` lists every use of a term in it."""

    sentences: tuple[str, ...]
    before: int
    found: tuple[str, ...]

    @property
    def diversity(self) -> float | None:
        """Give different terms ÷ uses; None without any."""
        return len(set(self.found)) / len(self.found) if self.found else None


def terms(subject: Subject) -> tuple[str, ...]:
    """List the related terms: shared subtopics, the target's topics, and the words it shares.

    The anchor's own words don't count as its context. Empty when neither search results nor the
    target could be read.
    """
    language = subject.article.language
    target, own = subject.fetched.target, set(_stems(subject.article.anchor_text, language))
    listed = (
        *subject.serp.findings.required_subtopics,
        *(subject.profiles.target.topics if subject.profiles.target else ()),
        *subject.profiles.shared_terms,
        *(_carrying(target) if target else ()),
    )
    unique: dict[tuple[str, ...], str] = {}
    for each in listed:
        stems = _stems(each, language)
        if stems and not set(stems) <= own:
            unique.setdefault(stems, each)
    return tuple(unique.values())[: thresholds().terms.most_listed]


def uses(text: str, listed: Sequence[str], language: str) -> list[str]:
    """List every use of the terms in a text, the longest at each place; whole words by stem."""
    index: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for term in listed:
        stems = _stems(term, language)
        index.setdefault(stems[0], []).append((stems, term))
    for entries in index.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    found, place = [], 0
    words = tuple(_stem(each, language) for each in lowered(text))
    while place < len(words):
        step = 1
        for stems, term in index.get(words[place], ()):
            if words[place : place + len(stems)] == stems:
                found.append(term)
                step = len(stems)
                break
        place += step
    return found


def window(subject: Subject, link: PlacedLink, listed: Sequence[str] | None = None) -> Window:
    """Read the sentences around a link, across paragraphs but within its section."""
    around = flow_of(subject.parsed.section(link.block.section))
    place = next((i for i, each in enumerate(around) if _holds(each, link)), None)
    if place is None:
        return Window((), 0, ())
    reach = thresholds().terms.sentences_around
    near = around[max(0, place - reach) : place + reach + 1]
    texts = tuple(_without(each, link) for each in near)
    wanted = terms(subject) if listed is None else listed
    return Window(texts, place, tuple(uses("\n".join(texts), wanted, subject.article.language)))


def flow_of(blocks: Iterable[Block]) -> list[tuple[Block, Sentence]]:
    """List the sentences of blocks in their order, headings left out."""
    return [
        (block, sentence)
        for block in blocks
        if block.kind is not BlockKind.HEADING
        for sentence in block.sentences
    ]


def counts(subject: Subject, listed: Sequence[str]) -> Counter[str]:
    """Count the uses of each term in the article."""
    return Counter(uses(subject.parsed.text, listed, subject.article.language))


def _holds(entry: tuple[Block, Sentence], link: PlacedLink) -> bool:
    block, sentence = entry
    return block is link.block and sentence.start <= link.link.start < sentence.end


def _without(entry: tuple[Block, Sentence], link: PlacedLink) -> str:
    if not _holds(entry, link):
        return entry[1].text
    block, sentence = entry
    end = min(link.link.end, sentence.end)
    return f"{block.text[sentence.start : link.link.start]} | {block.text[end : sentence.end]}"


@lru_cache(maxsize=4096)
def _stems(term: str, language: str) -> tuple[str, ...]:
    return tuple(_stem(each, language) for each in lowered(term))


def _stem(word: str, language: str) -> str:
    """Cut also the article that Snowball leaves after a vowel: `nivån` is a `nivå`."""
    cut = stem(word, language)
    return _ARTICLE.sub("", cut) if language in _SCANDINAVIAN else cut


@lru_cache(maxsize=32)
def _carrying(reading: Reading) -> tuple[str, ...]:
    return terms_of([reading], limit=15)
