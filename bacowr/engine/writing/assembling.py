"""From a writer's answer to an article's Markdown, in which code has placed every link."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bacowr.engine.article.parsed import BlockKind
from bacowr.engine.brief.model import Placement
from bacowr.engine.order import Order
from bacowr.engine.writing import rendering
from bacowr.engine.writing.answers import labels
from bacowr.engine.writing.blocks import Block, Run, taken_apart
from bacowr.engine.writing.model import Assembled, Removed, Why
from bacowr.engine.writing.placing import placed
from bacowr.engine.writing.scrubbing import scrubbed

TITLE_LEVEL, SECTION_LEVEL = 1, 2
LABEL_CHARACTERS = 40


@dataclass(frozen=True)
class Frame:
    """What an answer is held against.

    `addresses` are the passages' by their numbers; `kept_hosts` are sites that may be named as an
    address in plain text, because a policy prescribes it, and `bold` the words that it wants to
    stand out; `title` stands in for a missing one.
    """

    order: Order
    addresses: Mapping[str, str]
    wishes: tuple[Placement, ...] = ()
    title: str = ""
    kept_hosts: frozenset[str] = frozenset()
    bold: tuple[str, ...] = ()


def assembled(answer: str, frame: Frame) -> Assembled:
    """Make the article: the link in its place, citations with addresses of the ledger only."""
    blocks, removed = _read(answer, frame)
    found = placed(blocks, frame.order.anchor_text, frame.wishes)
    link = f"[{rendering.escaped(found.words)}]({rendering.destination(frame.order.target_url)})"
    return Assembled(
        markdown=_emphasized(rendering.article(found.blocks, frame.addresses, link), frame.bold),
        placed_by=found.by,
        removed=(*removed, *found.removed),
    )


def redraft(answer: str, frame: Frame) -> tuple[str, tuple[Removed, ...]]:
    """Clean a draft that the next call is to edit; numbers and slot stay as a writer knows them."""
    blocks, removed = _read(answer, frame)
    return rendering.draft(blocks), tuple(removed)


def _read(answer: str, frame: Frame) -> tuple[list[Block], list[Removed]]:
    keys = frozenset(frame.addresses)
    found, removed = taken_apart(answer, keys, frame.kept_hosts)
    kept = [each for each in found if not _is_label(each)]
    dropped = [Removed(each.text.strip(), Why.LABEL) for each in found if _is_label(each)]
    return _titled(kept, frame), [*removed, *dropped]


def _emphasized(markdown: str, listed: Sequence[str]) -> str:
    """Set prescribed words in bold where they first stand at the head of a line or sentence."""
    for each in map(rendering.escaped, listed):
        pattern = rf"(?:^|(?<=[.!?] )){re.escape(each)}"
        markdown = re.sub(pattern, lambda m: f"**{m[0]}**", markdown, count=1, flags=re.MULTILINE)
    return markdown


def _is_label(block: Block) -> bool:
    """Tell whether a block is nothing but an advertising label, which is code's to add."""
    text = block.text.strip().strip("*_[]():. ").casefold()
    return len(text) <= LABEL_CHARACTERS and text in labels()


def _titled(blocks: Sequence[Block], frame: Frame) -> list[Block]:
    """Leave one H1, at the top: later ones become H2, a missing one is the plan's."""
    listed: list[Block] = []
    title: Block | None = None
    for each in blocks:
        is_title = each.kind is BlockKind.HEADING and each.level == TITLE_LEVEL
        if is_title and title is None:
            title = each
        else:
            listed.append(replace(each, level=SECTION_LEVEL) if is_title else each)
    if title is None:
        text, _ = scrubbed(" ".join(frame.title.split()), frame.kept_hosts)
        title = Block(BlockKind.HEADING, (Run(text),), TITLE_LEVEL) if text else None
    return [*([title] if title else []), *listed]
