"""Pieces of an article's Markdown that can be taken out and put elsewhere as they are."""

import re

from bacowr.engine.article.parsed import Block, Parsed, PlacedLink, parse
from bacowr.engine.text.sentences import Sentence

_LINK_TAIL = re.compile(r"\]\((?:<[^<>\n]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)(?:\s+\"[^\"]*\")?\)")
_PARAGRAPH_END = re.compile(r"[ \t]*(?:\n[ \t]*\n|\n?\Z)")


def link_span(markdown: str, link: PlacedLink) -> tuple[int, int] | None:
    """Find the whole inline link, brackets and address; None for any other way to write one."""
    start, end = link.span
    tail = _LINK_TAIL.match(markdown, end)
    if start == 0 or markdown[start - 1] != "[" or tail is None:
        return None
    found = _alone(markdown[start - 1 : tail.end()])
    fits = found and [each.url for each in found.links] == [link.url]
    return (start - 1, tail.end()) if fits else None


def sentence_span(markdown: str, block: Block, sentence: Sentence) -> tuple[int, int] | None:
    """Find a sentence with its links; None when it can't stand by itself as Markdown."""
    start, end = block.at(sentence.start, sentence.end)
    inside = [each for each in block.links if sentence.start <= each.start < sentence.end]
    if inside and inside[0].start == sentence.start:
        start -= 1
    found = _alone(markdown[start:end])
    same = found and found.text == sentence.text and len(found.links) == len(inside)
    return (start, end) if same else None


def words_span(markdown: str, block: Block, start: int, end: int) -> tuple[int, int] | None:
    """Find words of a block; None when markup stands among them."""
    span = block.at(start, end)
    return span if markdown[slice(*span)] == block.text[start:end] else None


def paragraph_end(markdown: str, block: Block) -> int | None:
    """Find where more text can be put at the end of a paragraph; None after closing markup."""
    end = block.span[1]
    return end if _PARAGRAPH_END.match(markdown, end) else None


def address(url: str) -> str:
    """Write an address as Markdown takes it."""
    return f"<{url}>" if re.search(r"[\s()]", url) else url


def block_at(parsed: Parsed, place: int) -> Block | None:
    """Find the block that a place in the Markdown lies in."""
    return next(
        (each for each in parsed.blocks if each.span[0] <= place < each.span[1]),
        None,
    )


def _alone(piece: str) -> Block | None:
    """Read a piece by itself; None unless it is one paragraph."""
    blocks = parse(piece).blocks
    return blocks[0] if len(blocks) == 1 and blocks[0].level == 0 else None
