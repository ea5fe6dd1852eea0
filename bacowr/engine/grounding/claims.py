"""The sentences of an article that state something checkable."""

from collections.abc import Collection
from dataclasses import dataclass

from bacowr.engine.article.parsed import Block, Parsed
from bacowr.engine.checks.model import Place
from bacowr.engine.grounding.figures import names, numbers
from bacowr.engine.grounding.wording import wording
from bacowr.engine.text.lexicon import hits
from bacowr.engine.text.sentences import Sentence
from bacowr.engine.text.words import lowered

MIN_WORDS = 4


@dataclass(frozen=True)
class Claim:
    """A sentence that states something checkable, and its place in the Markdown."""

    text: str
    place: Place


def claims(
    parsed: Parsed, target_urls: Collection[str] = (), known: frozenset[str] = frozenset()
) -> tuple[Claim, ...]:
    """List the sentences with a number, a name, a date or a cited source; questions are none.

    What stands in the link to the target is advertising and makes no sentence a claim. `known`
    are words that the read pages use as names, which tells a name at the head of a sentence.
    """
    return tuple(
        Claim(sentence.text, Place(*block.at(sentence.start, sentence.end)))
        for block in parsed.body
        for sentence in block.sentences
        if _is_statement(sentence) and _is_checkable(sentence, block, target_urls, known)
    )


def _is_statement(sentence: Sentence) -> bool:
    return sentence.words >= MIN_WORDS and not sentence.text.rstrip("\"'\u201d)").endswith("?")


def _is_checkable(
    sentence: Sentence, block: Block, target_urls: Collection[str], known: frozenset[str]
) -> bool:
    text, cites = sentence.text, False
    for link in block.links:
        if sentence.start <= link.start < sentence.end:
            cites = cites or link.url not in target_urls
            if link.url in target_urls:
                text = text.replace(link.text, " ", 1)
    dated = wording().months & set(lowered(text))
    cited = hits(text, wording().citing)
    figures = any(text[each.start].isdigit() for each in numbers(text))
    return bool(cites or dated or cited or figures or names(text, known))
