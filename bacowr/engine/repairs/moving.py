"""Moving the link within its H2 section, with the sentence it stands in (domain 3.11)."""

import re
from collections.abc import Iterator
from dataclasses import replace

from bacowr.engine.article.parsed import Block, BlockKind, PlacedLink
from bacowr.engine.checks.anchoring import context_of
from bacowr.engine.checks.model import ORDER, QcStatus
from bacowr.engine.checks.phrases import phrases
from bacowr.engine.checks.subject import Subject
from bacowr.engine.checks.thresholds import thresholds
from bacowr.engine.policies.model import Packs
from bacowr.engine.repairs.markup import link_span, paragraph_end, sentence_span, words_span
from bacowr.engine.repairs.model import Change, Edit, Operation, carried_out, change
from bacowr.engine.research.anchors import AnchorRisk
from bacowr.engine.rules import anchor, lsi
from bacowr.engine.text.lexicon import matcher
from bacowr.engine.text.sentences import Sentence

Standing = tuple[int, int, int]

_RISKS = tuple(AnchorRisk)
_PLACE_CODES = {
    "late_in_section",
    "without_context",
    "out_of_place",
    "not_in_middle",
    "several_links_in_paragraph",
}


def changes(subject: Subject, _packs: Packs | None = None) -> Iterator[Change]:
    """Offer the moves that make the link's place better, the best first.

    The link moves to the same words elsewhere in the section, else its sentence to the end of
    another paragraph. A sentence that leans on the one before it, or that the next one leans on,
    stays.
    """
    links = subject.target_links
    if len(links) != 1 or links[0].block.kind is BlockKind.HEADING:
        return
    now = _standing(subject)
    if now == (0, 0, 0):
        return
    offers = []
    for number, each in enumerate((*_relinked(subject, links[0]), *_carried(subject, links[0]))):
        then = _standing(_after(subject, each))
        if then < now:
            offers.append((then, number, each))
    yield from (each for _, _, each in sorted(offers, key=lambda offer: offer[:2]))


def _after(subject: Subject, made: Change) -> Subject:
    text = carried_out(subject.article.markdown, made)
    return replace(subject, article=replace(subject.article, markdown=text))


def _standing(subject: Subject) -> Standing:
    """Weigh the link's place: faults of placement, risk, and a window too full or too empty."""
    links = subject.target_links
    if len(links) != 1:
        return (99, 99, 99)
    faults = [each for each in anchor.check(subject).findings if each.code in _PLACE_CODES]
    context = context_of(subject, links[0])
    crowd = lsi.check(subject)
    window = len(context.window.found)
    is_off = crowd.status is not QcStatus.PASS and context.has_terms
    full = window > thresholds().terms.window.most
    return (
        sum(ORDER.index(each.status) for each in faults),
        _RISKS.index(context.risk),
        int(is_off and (full or context.is_poor)),
    )


def _relinked(subject: Subject, link: PlacedLink) -> Iterator[Change]:
    """Link the same words in another paragraph of the section, and unlink them here."""
    markdown, text = subject.article.markdown, link.link.text
    old = link_span(markdown, link)
    if old is None:
        return
    words = matcher((text.lower(),))
    for block in _paragraphs(subject, link):
        for match in words.finditer(block.text):
            span = words_span(markdown, block, *match.span())
            if span is None or block is link.block or block.links or match[0] != text:
                continue
            linked = markdown[slice(*old)]
            edits = [Edit(*old, markdown[slice(*link.span)]), Edit(*span, linked)]
            yield change(markdown, edits, Operation.MOVE_LINK, _reason(subject))


def _carried(subject: Subject, link: PlacedLink) -> Iterator[Change]:
    """Carry the link's sentence to the end of another paragraph of the section, or of its own."""
    markdown, sentence = subject.article.markdown, _sentence(link)
    if sentence is None or not _can_leave(subject, link.block, sentence):
        return
    span = sentence_span(markdown, link.block, sentence)
    if span is None:
        return
    for block in _paragraphs(subject, link):
        end = paragraph_end(markdown, block)
        crowded = block.links and block is not link.block
        if end is None or crowded or not _is_closed(block):
            continue
        if block is link.block and end == span[1]:
            continue
        edits = [_removed(markdown, span), Edit(end, end, f" {markdown[slice(*span)]}")]
        yield change(markdown, edits, Operation.MOVE_LINK, _reason(subject))


def _paragraphs(subject: Subject, link: PlacedLink) -> list[Block]:
    section = subject.parsed.section(link.block.section)
    return [each for each in section if each.kind is BlockKind.PARAGRAPH]


def _sentence(link: PlacedLink) -> Sentence | None:
    return next(
        (
            each
            for each in link.block.sentences
            if each.start <= link.link.start and link.link.end <= each.end
        ),
        None,
    )


def _can_leave(subject: Subject, block: Block, sentence: Sentence) -> bool:
    if block.kind is not BlockKind.PARAGRAPH or len(block.sentences) == 1:
        return False
    place = block.sentences.index(sentence)
    near = block.sentences[place : place + 2]
    alone = sum(sentence.start <= each.start < sentence.end for each in block.links) == 1
    return alone and not any(_leans(each.text, subject.article.language) for each in near)


def _leans(text: str, language: str) -> bool:
    """Tell whether a sentence rests on the one before it; of unknown languages it is taken so."""
    lists, opening = phrases(), text.lstrip("\"'\u201c\u201d([\u00ab\u00bb")
    leaning = lists.leaning.get(language, ())
    free = lists.free.get(language, ())
    if free and matcher(free).match(opening):
        return False
    return not leaning or matcher(leaning).match(opening) is not None


def _is_closed(block: Block) -> bool:
    return bool(re.search(r"[.!?…][\"'”\u2019»)]*\s*$", block.text))


def _removed(markdown: str, span: tuple[int, int]) -> Edit:
    """Take a sentence out with the space that parted it from its neighbor."""
    start, end = span
    gap = re.compile(r"[ \t]*\n?[ \t]*(?=\S)").match(markdown, end)
    if gap and gap.end() > end:
        return Edit(start, gap.end(), "")
    while start > 0 and markdown[start - 1] in " \t":
        start -= 1
    return Edit(start, end, "")


def _reason(subject: Subject) -> str:
    faults = [
        each.message
        for each in anchor.check(subject).findings
        if each.code in _PLACE_CODES or each.code.startswith("risk_")
    ]
    return faults[0] if faults else "The related words around the link are too few or too many."
