"""An article's Markdown taken apart, with the place in the source of every piece of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bacowr.engine.text import words
from bacowr.engine.text.sentences import Sentence, sentences

_PARSER = MarkdownIt("commonmark", {"html": False})


class BlockKind(StrEnum):
    """What a block of an article is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    QUOTE = "quote"


@dataclass(frozen=True)
class TextLink:
    """A link in a block: `block.text[start:end]` is what can be clicked."""

    url: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Block:
    """A heading, paragraph, list item or quotation as plain text.

    `places[i]` is where the i-th character of `text` stands in the Markdown; `section` counts the
    H2 sections from 1, 0 being what comes before the first.
    """

    kind: BlockKind
    level: int
    text: str
    links: tuple[TextLink, ...]
    places: tuple[int, ...]
    section: int

    def at(self, start: int, end: int) -> tuple[int, int]:
        """Turn offsets in the plain text into offsets in the Markdown."""
        if not self.places:
            return (0, 0)
        last = len(self.places) - 1
        return (self.places[min(start, last)], self.places[min(max(start, end - 1), last)] + 1)

    @property
    def span(self) -> tuple[int, int]:
        """Give the block's place in the Markdown."""
        return self.at(0, len(self.text))

    @property
    def words(self) -> int:
        """Count the block's words."""
        return words.count(self.text)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """Split the block; offsets are those of the plain text."""
        return tuple(sentences(self.text))


@dataclass(frozen=True)
class PlacedLink:
    """A link and the block it stands in."""

    link: TextLink
    block: Block

    @property
    def url(self) -> str:
        """Give the link's address as it is written."""
        return self.link.url

    @property
    def span(self) -> tuple[int, int]:
        """Give the place of the clickable text in the Markdown."""
        return self.block.at(self.link.start, self.link.end)


@dataclass(frozen=True)
class Parsed:
    """An article's blocks in their order."""

    blocks: tuple[Block, ...]

    @property
    def headings(self) -> tuple[Block, ...]:
        """List the headings."""
        return tuple(each for each in self.blocks if each.kind is BlockKind.HEADING)

    @property
    def body(self) -> tuple[Block, ...]:
        """List everything but the headings."""
        return tuple(each for each in self.blocks if each.kind is not BlockKind.HEADING)

    @property
    def paragraphs(self) -> tuple[Block, ...]:
        """List the running paragraphs: neither headings nor lists nor quotations."""
        return tuple(each for each in self.blocks if each.kind is BlockKind.PARAGRAPH)

    @property
    def title(self) -> str | None:
        """Give the first H1's text; None when there is none."""
        return next((each.text for each in self.headings if each.level == 1), None)

    @property
    def links(self) -> tuple[PlacedLink, ...]:
        """List all links in their order."""
        return tuple(PlacedLink(link, block) for block in self.blocks for link in block.links)

    @property
    def text(self) -> str:
        """Give the running text without headings, one block a line."""
        return "\n".join(each.text for each in self.body)

    @property
    def words(self) -> int:
        """Count the words of the running text, headings left out."""
        return sum(each.words for each in self.body)

    def section(self, number: int) -> tuple[Block, ...]:
        """List the blocks of one section."""
        return tuple(each for each in self.blocks if each.section == number)


@lru_cache(maxsize=256)
def parse(markdown: str) -> Parsed:
    """Take an article's Markdown apart; raw HTML in it is plain text."""
    return Parsed(tuple(_blocks(_PARSER.parse(markdown), markdown)))


def _blocks(tokens: Sequence[Token], source: str) -> Iterator[Block]:
    starts = line_starts(source)
    section, containers = 0, []
    for index, token in enumerate(tokens):
        if token.type in {"list_item_open", "blockquote_open"}:
            containers.append(token.type)
        elif token.type in {"list_item_close", "blockquote_close"}:
            containers.pop()
        elif token.type == "inline":
            opened = tokens[index - 1]
            kind, level = _kind(opened, containers)
            section += kind is BlockKind.HEADING and level == 2  # noqa: PLR2004 - H2.
            text, links, places = _inline(token, source, starts[(token.map or [0])[0]])
            yield Block(kind, level, text, links, places, section)
        elif token.type in {"fence", "code_block"}:
            begin = source.find(token.content, starts[(token.map or [0])[0]])
            places = tuple(range(begin, begin + len(token.content)))
            yield Block(BlockKind.PARAGRAPH, 0, token.content, (), places, section)


def _kind(opened: Token, containers: Sequence[str]) -> tuple[BlockKind, int]:
    if opened.type == "heading_open":
        return BlockKind.HEADING, int(opened.tag[1])
    if "blockquote_open" in containers:
        return BlockKind.QUOTE, 0
    return (BlockKind.LIST_ITEM if containers else BlockKind.PARAGRAPH), 0


def _inline(
    token: Token, source: str, start: int
) -> tuple[str, tuple[TextLink, ...], tuple[int, ...]]:
    """Read a block's text and links; the cursor follows the text through the source."""
    text, places, links, cursor = "", [], [], start
    opened: tuple[str, int] | None = None
    for each in token.children or []:
        if each.type == "link_open":
            opened = (str(each.attrs.get("href", "")), len(text))
        elif each.type == "link_close" and opened:
            links.append(TextLink(opened[0], text[opened[1] :], opened[1], len(text)))
            opened = None
        else:
            piece = "\n" if each.type in {"softbreak", "hardbreak"} else each.content
            found, cursor = followed(piece, source, cursor)
            places += found
            text += piece.replace("\n", " ")
    return text, tuple(links), tuple(places)


def followed(text: str, source: str, cursor: int) -> tuple[list[int], int]:
    """Give where each character of a text stands in its Markdown from `cursor` on, and its end.

    What the Markdown writes otherwise (an entity, an escape) stands where the text before it ends.
    """
    places = []
    for character in text:
        found = source.find(character, cursor)
        cursor = found if found >= 0 else cursor
        places.append(cursor)
        cursor += found >= 0
    return places, cursor


def line_starts(source: str) -> list[int]:
    """Give where each line of a text begins."""
    starts = [0]
    for line in source.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts
