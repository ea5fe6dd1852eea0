"""Where the link stands: in the writer's slot, else where the anchor's words stand already."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bacowr.engine.article.parsed import BlockKind
from bacowr.engine.brief.model import Placement
from bacowr.engine.text import words
from bacowr.engine.text.sentences import sentences
from bacowr.engine.writing.blocks import SLOT, Block, Run
from bacowr.engine.writing.model import PlacedBy, Removed, Why

SECTION_LEVEL = 2
CONTEXT_SENTENCES = 2
# Domain 3.9, profile flow.
FLOW_WORDS = (250, 550)

_SENTENCE_END = re.compile(r"[.!?\u2026][\"'\u201d\u2019\u00bb)]*\s+$")


@dataclass(frozen=True)
class Placed:
    """Blocks with at most one slot; `words` are the link's, in the case their place asks for."""

    blocks: tuple[Block, ...]
    by: PlacedBy
    words: str
    removed: tuple[Removed, ...]


@dataclass(frozen=True)
class Spot:
    """A place for the link: block and run, and what stands before it."""

    block: int
    run: int
    start: int
    end: int
    words: str
    opens_sentence: bool
    section: int
    paragraph: int
    sentences_before: int
    words_before: int


def placed(blocks: Sequence[Block], anchor: str, wishes: Sequence[Placement]) -> Placed:
    """Leave exactly one slot, or none when there is no place for it.

    The first slot in a paragraph stays, else the first in a list; any other becomes the anchor's
    words. Without a slot the anchor's own words take the link, in the paragraph that comes
    nearest to the brief's wishes; no sentence is invented. Every other link of the paragraph is
    unwrapped, and of several citations in any paragraph the first is kept (domain 3.9).
    """
    listed = [_tidied(each, anchor) for each in blocks]
    chosen = _slot(listed)
    placed_by, text = PlacedBy.SLOT, anchor
    if chosen is None:
        spot = _by_words(listed, anchor, wishes)
        placed_by = PlacedBy.WORDS if spot else PlacedBy.MISSING
        if spot:
            listed[spot.block] = _slotted(listed[spot.block], spot)
            chosen, text = spot.block, spot.words
    removed: list[Removed] = []
    for index, each in enumerate(listed):
        one = _with_one_slot(each, anchor, removed, keep=index == chosen)
        listed[index] = _with_one_link(one, removed, is_chosen=index == chosen)
    return Placed(tuple(listed), placed_by, text, tuple(removed))


def _slot(blocks: Sequence[Block]) -> int | None:
    for kind in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM):
        for index, each in enumerate(blocks):
            if each.kind is kind and SLOT in each.text:
                return index
    return None


def _tidied(block: Block, anchor: str) -> Block:
    """Drop the anchor's words beside a slot, and part a slot from the word before it."""
    beside = re.compile(
        rf"{re.escape(anchor)}\s*{SLOT}|{SLOT}\s*{re.escape(anchor)}", re.IGNORECASE
    )

    def tidy(run: Run) -> Run:
        text = beside.sub(SLOT, run.text)
        return Run(re.sub(rf"(?<=\w){SLOT}", f" {SLOT}", text), run.key)

    return replace(block, runs=tuple(map(tidy, block.runs)))


def _with_one_slot(block: Block, anchor: str, removed: list[Removed], *, keep: bool) -> Block:
    runs = []
    for each in block.runs:
        first, found, rest = each.text.partition(SLOT)
        extra = rest.count(SLOT) if keep else each.text.count(SLOT)
        if found and keep:
            text, keep = first + SLOT + rest.replace(SLOT, anchor), False
        else:
            text = each.text.replace(SLOT, anchor)
        removed += [Removed("{{LINK}}", Why.SECOND_SLOT)] * extra
        runs.append(Run(text, each.key))
    return replace(block, runs=tuple(runs))


def _with_one_link(block: Block, removed: list[Removed], *, is_chosen: bool) -> Block:
    runs, is_taken = [], is_chosen
    for each in block.runs:
        if each.key is not None and is_taken:
            removed.append(Removed(f"[{each.text}]({each.key})", Why.SECOND_LINK))
            runs.append(Run(each.text))
        else:
            is_taken = is_taken or each.key is not None
            runs.append(each)
    return replace(block, runs=tuple(runs))


def _by_words(blocks: Sequence[Block], anchor: str, wishes: Sequence[Placement]) -> Spot | None:
    spots = list(_spots(blocks, anchor))
    last = max((each.section for each in spots), default=0)
    last = max(last, sum(_opens_section(each) for each in blocks))
    wanted = [(each.section, each.paragraph) for each in wishes]
    sections = [each.section for each in wishes]

    def order(spot: Spot) -> tuple[int, ...]:
        least, most = FLOW_WORDS
        in_flow = last == 0 and least <= spot.words_before <= most
        at_edge = last > 0 and spot.section in {0, 1, last}
        return (
            int(spot.opens_sentence),
            int(at_edge),
            _place((spot.section, spot.paragraph), wanted),
            _place(spot.section, sections),
            int(spot.sentences_before < CONTEXT_SENTENCES),
            int(not in_flow),
            spot.block,
        )

    return min(spots, key=order, default=None)


def _place(value: object, listed: Sequence[object]) -> int:
    return listed.index(value) if value in listed else len(listed)


def _opens_section(block: Block) -> bool:
    return block.kind is BlockKind.HEADING and block.level == SECTION_LEVEL


def _spots(blocks: Sequence[Block], anchor: str) -> Iterator[Spot]:
    """List where the anchor's words stand in running text."""
    pattern = re.compile(rf"(?<![\w-]){re.escape(anchor)}(?![\w-])", re.IGNORECASE)
    section = paragraph = before = counted = 0
    for index, block in enumerate(blocks):
        if _opens_section(block):
            section, paragraph, before = section + 1, 0, 0
        if block.kind is not BlockKind.PARAGRAPH:
            continue
        paragraph += 1
        for place, run in enumerate(block.runs):
            match = pattern.search(run.text) if run.key is None else None
            if match:
                lead = "".join(each.text for each in block.runs[:place]) + run.text[: match.start()]
                opens = not lead.strip() or bool(_SENTENCE_END.search(lead))
                yield Spot(
                    block=index,
                    run=place,
                    start=match.start(),
                    end=match.end(),
                    words=_cased(anchor, match[0], opens=opens),
                    opens_sentence=opens,
                    section=section,
                    paragraph=paragraph,
                    sentences_before=before + len(sentences(lead)) - (not opens),
                    words_before=counted + words.count(lead),
                )
        before += len(sentences(block.text))
        counted += words.count(block.text)


def _cased(anchor: str, found: str, *, opens: bool) -> str:
    """Give the order's spelling, with the capital that a sentence's first word has."""
    return found[:1] + anchor[1:] if opens else anchor


def _slotted(block: Block, spot: Spot) -> Block:
    """Put the slot in place of the words, which the order's own spelling will take again."""
    run = block.runs[spot.run]
    runs = list(block.runs)
    runs[spot.run] = Run(run.text[: spot.start] + SLOT + run.text[spot.end :], None)
    return replace(block, runs=tuple(runs))
