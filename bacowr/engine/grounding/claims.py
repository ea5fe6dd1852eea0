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


@dataclass(frozen=True)
class Known:
    """What is known of an article before its sentences are read.

    `target_urls` are the addresses of the deal's link, whose text is advertising and makes no
    sentence a claim; `names` are words that the read pages use as names, which tells a name at the
    head of a sentence; `standing` are labels and prescribed statements, which are no claims.
    """

    target_urls: Collection[str] = ()
    names: frozenset[str] = frozenset()
    standing: Collection[str] = ()


def claims(parsed: Parsed, known: Known) -> tuple[Claim, ...]:
    """List the sentences with a number, a name, a date or a cited source; questions are none."""
    standing = [_squeezed(each) for each in known.standing]
    return tuple(
        Claim(sentence.text, Place(*block.at(sentence.start, sentence.end)))
        for block in parsed.body
        for sentence in block.sentences
        if _is_statement(sentence, standing) and _is_checkable(sentence, block, known)
    )


def _is_statement(sentence: Sentence, standing: Collection[str]) -> bool:
    if sentence.words < MIN_WORDS or sentence.text.rstrip("\"'\u201d)").endswith("?"):
        return False
    squeezed = _squeezed(sentence.text)
    return not any(squeezed in each for each in standing)


def _squeezed(text: str) -> str:
    return " ".join(text.lower().split())


def _is_checkable(sentence: Sentence, block: Block, known: Known) -> bool:
    text, cites = sentence.text, False
    for link in block.links:
        if sentence.start <= link.start < sentence.end:
            cites = cites or link.url not in known.target_urls
            if link.url in known.target_urls:
                text = text.replace(link.text, " ", 1)
    dated = wording().months & set(lowered(text))
    cited = hits(text, wording().citing)
    figures = any(text[each.start].isdigit() for each in numbers(text))
    return bool(cites or dated or cited or figures or names(text, known.names))
