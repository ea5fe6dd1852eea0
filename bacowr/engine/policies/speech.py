"""What a text must not say, and its commercial paragraphs."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bacowr.engine import urls
from bacowr.engine.article.parsed import Block, BlockKind, Parsed
from bacowr.engine.checks.model import Place
from bacowr.engine.policies.matching import found, pattern
from bacowr.engine.policies.model import Banned, Pack
from bacowr.engine.text.sentences import Sentence

# Default: a negation at most so many words away, with no comma between, turns a phrase around.
WORDS_AHEAD = 6
WORDS_BEHIND = 2

_LAST_WORDS = re.compile(rf"(?:[^\W_][\w'\u2019-]*[^\w,.;:!?\u2013\u2014]+){{0,{WORDS_AHEAD}}}$")
_NEXT_WORDS = re.compile(rf"(?:\s+[\w'\u2019-]+){{0,{WORDS_BEHIND}}}")


@dataclass(frozen=True)
class Utterance:
    """A banned phrase in a text: the rule, the words, their sentence and their place."""

    pack: Pack
    banned: Banned
    words: str
    sentence: str
    place: Place


@dataclass(frozen=True)
class Commerce:
    """The commercial paragraphs of a text, with what makes each of them one."""

    paragraphs: int
    commercial: tuple[tuple[Block, str], ...]

    @property
    def share(self) -> float:
        """Give the share of the paragraphs that is commercial."""
        return len(self.commercial) / self.paragraphs if self.paragraphs else 0.0

    def exceeds(self, limit: float) -> bool:
        """Tell whether there are too many; the one around the link is always allowed."""
        return len(self.commercial) > 1 and self.share > limit


@dataclass(frozen=True)
class _Negations:
    ahead: tuple[str, ...]
    behind: tuple[str, ...]


def banned_speech(parsed: Parsed, packs: Iterable[Pack], language: str) -> tuple[Utterance, ...]:
    """List the banned phrases of a text that are not negated, in its order."""
    listed = list(packs)
    negations = _Negations(
        tuple(each for pack in listed for each in pack.negations.get(language, ())),
        tuple(each for pack in listed for each in pack.negations_behind.get(language, ())),
    )
    by_place: dict[tuple[str, int], Utterance] = {}
    for each in _uttered(parsed, listed, language, negations):
        by_place.setdefault((each.banned.code, each.place.start), each)
    return tuple(sorted(by_place.values(), key=lambda each: each.place.start))


def commerce(parsed: Parsed, packs: Iterable[Pack], language: str, target_url: str) -> Commerce:
    """Count the paragraphs that link to the target or call on the reader to buy or sign up."""
    calls = tuple(each for pack in packs for each in pack.calls.get(language, ()))
    blocks = [each for each in parsed.body if each.kind is not BlockKind.QUOTE and each.words]
    marked = ((block, _commercial_sign(block, calls, target_url)) for block in blocks)
    return Commerce(len(blocks), tuple((block, sign) for block, sign in marked if sign))


def _uttered(
    parsed: Parsed, packs: list[Pack], language: str, negations: _Negations
) -> Iterator[Utterance]:
    rules = [(pack, banned) for pack in packs for banned in pack.banned]
    for block in parsed.blocks:
        for sentence in block.sentences:
            for pack, banned in rules:
                for match in found(sentence.text, banned.phrases.get(language, ())):
                    if not _is_negated(sentence.text, match, negations):
                        place = _place(block, sentence, match)
                        yield Utterance(pack, banned, match[0], sentence.text, place)


def _is_negated(text: str, match: re.Match[str], negations: _Negations) -> bool:
    ahead = _LAST_WORDS.search(text[: match.start()])
    behind = _NEXT_WORDS.match(text, match.end())
    return bool(
        (ahead and pattern(negations.ahead).search(ahead[0]))
        or (behind and pattern(negations.behind).search(behind[0]))
    )


def _place(block: Block, sentence: Sentence, match: re.Match[str]) -> Place:
    return Place(*block.at(sentence.start + match.start(), sentence.start + match.end()))


def _commercial_sign(block: Block, calls: tuple[str, ...], target_url: str) -> str | None:
    for link in block.links:
        try:
            if urls.comparable(link.url) == urls.comparable(target_url):
                return link.text or link.url
        except ValueError:
            continue
    match = next(iter(found(block.text, calls)), None)
    return match[0] if match else None
