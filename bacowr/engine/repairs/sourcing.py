"""Linking a source that was read: words of the text become the link, none are added (3.11)."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bacowr.engine import urls
from bacowr.engine.article.parsed import Block, BlockKind, PlacedLink
from bacowr.engine.checks.anchoring import context_of
from bacowr.engine.checks.citing import Standing, cited, compared, context_only
from bacowr.engine.checks.model import QcStatus
from bacowr.engine.checks.subject import Subject
from bacowr.engine.checks.thresholds import thresholds
from bacowr.engine.page.entities import content_words
from bacowr.engine.page.reading import Reading
from bacowr.engine.policies.model import Packs
from bacowr.engine.repairs.markup import address, link_span, words_span
from bacowr.engine.repairs.model import Change, Edit, Operation, change
from bacowr.engine.research.anchors import AnchorRisk
from bacowr.engine.research.topics import whole_text
from bacowr.engine.research.trust import tier_of
from bacowr.engine.rules import trust
from bacowr.engine.rules.competitor import competitors
from bacowr.engine.text.lexicon import lexicon
from bacowr.engine.text.sentences import Sentence
from bacowr.engine.text.stems import stem
from bacowr.engine.text.words import WORD, letters, lowered

MIN_LONE_LETTERS = 6
MAX_LINKED_WORDS = 5
_WANTING = {"no_approved_source", "few_sources", "few_for_bridge", "no_authority"}


@dataclass(frozen=True)
class _Offer:
    """Words of a sentence that a source speaks of, and how much of the sentence it bears out."""

    source: Reading
    block: Block
    start: int
    end: int
    support: float


def added(subject: Subject, packs: Packs | None = None) -> Iterator[Change]:
    """Offer links to sources that bear out a sentence of the text, the best first."""
    section = _wanting_section(subject)
    if section is None and not _wants_sources(subject, packs):
        return
    offers = [
        offer
        for source in _unused(subject, packs)
        for block in _free_blocks(subject)
        if (offer := _best(subject, source, block))
    ]
    markdown = subject.article.markdown
    for each in sorted(offers, key=lambda o: (o.block.section != section, -o.support)):
        if _would_help(subject, each, section, packs):
            span = words_span(markdown, each.block, each.start, each.end)
            if span is not None:
                linked = f"[{markdown[slice(*span)]}]({address(each.source.url)})"
                reason = f"A page that was read bears the sentence out: {each.source.url}"
                yield change(markdown, [Edit(*span, linked)], Operation.ADD_SOURCE, reason)


def swapped(subject: Subject, packs: Packs | None = None) -> Iterator[Change]:
    """Offer pages of the same site that were read, for links that were not."""
    markdown = subject.article.markdown
    for each in cited(subject, packs):
        span = link_span(markdown, each.link)
        if each.standing not in {Standing.OUTSIDE, Standing.DEAD} or span is None:
            continue
        for source in _sources(subject):
            if _same_site(source.url, each.link.url) and _bears_out(subject, source, each.link):
                linked = f"[{markdown[slice(*each.link.span)]}]({address(source.url)})"
                reason = f"{each.link.url} was not read; this page of the same site was."
                yield change(markdown, [Edit(*span, linked)], Operation.SWAP_SOURCE, reason)


def _wants_sources(subject: Subject, packs: Packs | None) -> bool:
    found = trust.check(subject, packs)
    worse = found.status is not QcStatus.PASS
    return worse and any(each.code in _WANTING for each in found.findings)


def _wanting_section(subject: Subject) -> int | None:
    """Give the link's section when it is the lack of a source there that makes the anchor risky."""
    for link in subject.target_links[:1]:
        context = context_of(subject, link)
        if context.risk is not AnchorRisk.LOW and not context.has_source and not context.is_poor:
            return link.block.section
    return None


def _would_help(subject: Subject, offer: _Offer, section: int | None, packs: Packs | None) -> bool:
    """Tell whether one more link is allowed, and answers what is missing."""
    rules = thresholds().profiles[subject.order.writing_profile]
    approved = [each for each in cited(subject, packs) if each.is_approved]
    if len(approved) >= rules.trust_links.most:
        return False
    if offer.block.section == section:
        return True
    if not _wants_sources(subject, packs):
        return False
    tiers = trust.approved_sites(subject, cited(subject, packs)).values()
    enough = len(tiers) >= thresholds().sources.enough
    tier = tier_of(offer.source.url)
    return not enough or (tier is not None and all(tier < each for each in tiers))


def _sources(subject: Subject) -> list[Reading]:
    """List the pages on the trust list that were read, without the order's own and its rivals."""
    own = urls.registrable(subject.order.publisher_domain)
    refused = competitors(subject) | context_only() | {own}
    return [
        each
        for each in subject.sources
        if tier_of(each.url) and urls.registrable(urls.host_of(each.url)) not in refused
    ]


def _unused(subject: Subject, packs: Packs | None) -> list[Reading]:
    linked = trust.approved_sites(subject, cited(subject, packs))
    return [
        each for each in _sources(subject) if urls.registrable(urls.host_of(each.url)) not in linked
    ]


def _free_blocks(subject: Subject) -> list[Block]:
    """List the paragraphs that may take a link: none in them yet, and in time for the profile."""
    rules = thresholds().profiles[subject.order.writing_profile]
    last = subject.target_links[0].span[0] if subject.target_links else 0
    return [
        each
        for each in subject.parsed.paragraphs
        if not each.links and each.places and not (rules.trust_before_link and each.span[0] > last)
    ]


def _best(subject: Subject, source: Reading, block: Block) -> _Offer | None:
    language, best = subject.article.language, None
    for sentence in block.sentences:
        share = support(source, sentence.text, language)
        if share >= thresholds().repair.support and (best is None or share > best.support):
            span = _shared_words(source, sentence, language)
            if span:
                best = _Offer(source, block, *span, share)
    return best


def support(source: Reading, text: str, language: str) -> float:
    """Give the share of a text's content words that stand on a page; 0 for a short text."""
    words = {stem(each, language) for each in content_words(text, lexicon(language))}
    if len(words) < thresholds().repair.support_words:
        return 0.0
    return len(words & _stems_of(source, language)) / len(words)


def _shared_words(source: Reading, sentence: Sentence, language: str) -> tuple[int, int] | None:
    """Find the longest run of words that source and sentence share, without loose ends."""
    known, stop = _stems_of(source, language), lexicon(language).stop
    runs: list[list[tuple[int, int, str]]] = [[]]
    for match in WORD.finditer(sentence.text):
        if stem(match[0], language) in known and len(runs[-1]) < MAX_LINKED_WORDS:
            runs[-1].append((*match.span(), match[0]))
        else:
            runs.append([])
    best: tuple[int, int] | None = None
    for run in runs:
        while run and run[0][2].lower() in stop:
            run.pop(0)
        while run and run[-1][2].lower() in stop:
            run.pop()
        if (
            run
            and _is_telling(run)
            and (best is None or run[-1][1] - run[0][0] > best[1] - best[0])
        ):
            best = run[0][0], run[-1][1]
    return (sentence.start + best[0], sentence.start + best[1]) if best else None


def _is_telling(run: list[tuple[int, int, str]]) -> bool:
    return len(run) > 1 or letters(run[0][2]) >= MIN_LONE_LETTERS


def _bears_out(subject: Subject, source: Reading, link: PlacedLink) -> bool:
    if link.block.kind is BlockKind.HEADING or compared(source.url) == compared(link.url):
        return False
    around = next((e.text for e in link.block.sentences if e.start <= link.link.start < e.end), "")
    language = subject.article.language
    return support(source, around, language) >= thresholds().repair.support


def _same_site(one: str, other: str) -> bool:
    return urls.registrable(urls.host_of(one)) == urls.registrable(urls.host_of(other))


@lru_cache(maxsize=64)
def _stems_of(source: Reading, language: str) -> frozenset[str]:
    return frozenset(stem(each, language) for each in lowered(whole_text(source)))
