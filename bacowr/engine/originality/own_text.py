"""What counts of a text: without quotations, labels and prescribed statements."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from bacowr.engine.article.parsed import Block, BlockKind, Parsed
from bacowr.engine.text.words import WORD

_QUOTED = re.compile(
    r"[\u201c\u201d\u201e\u00ab\u00bb\"][^\u201c\u201d\u201e\u00ab\u00bb\"\n]+"
    r"[\u201c\u201d\u00ab\u00bb\"]"
)


@dataclass(frozen=True)
class Token:
    """A word in lower case, and its place in the Markdown it stands in."""

    word: str
    start: int
    end: int


def runs(parsed: Parsed, standing: Collection[str] = ()) -> tuple[tuple[Token, ...], ...]:
    """List the runs of a text's own words; what is left out, or a new block, ends a run.

    `standing` are labels and statements that many texts must hold in the same words.
    """
    return tuple(
        run
        for block in parsed.body
        if block.kind is not BlockKind.QUOTE
        for run in _runs(block, standing)
        if run
    )


def plain_runs(text: str) -> tuple[tuple[Token, ...], ...]:
    """List the words of a plain text as one run: a page is compared as a whole."""
    return (tuple(Token(m[0].lower(), m.start(), m.end()) for m in WORD.finditer(text)),)


def _runs(block: Block, standing: Collection[str]) -> Iterator[tuple[Token, ...]]:
    cuts = sorted([*_spans(block.text, standing), (len(block.text), len(block.text))])
    start = 0
    for cut, end in cuts:
        yield tuple(
            Token(match[0].lower(), *block.at(match.start(), match.end()))
            for match in WORD.finditer(block.text, start, max(start, cut))
        )
        start = max(start, end)


def _spans(text: str, standing: Collection[str]) -> Iterator[tuple[int, int]]:
    yield from (match.span() for match in _QUOTED.finditer(text))
    for phrase in standing:
        if words := phrase.split():
            pattern = r"(?<!\w)" + r"\s+".join(map(re.escape, words)) + r"(?!\w)"
            yield from (each.span() for each in re.finditer(pattern, text, re.IGNORECASE))
