"""A writer's Markdown taken apart into the few kinds of block that an article may hold.

Only what is rebuilt from here reaches an article: whatever a writer answered, there is no way for
HTML, an image or an address to pass, because a run of text carries none of them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bacowr.engine.article.parsed import BlockKind
from bacowr.engine.writing.model import Removed, Why
from bacowr.engine.writing.scrubbing import SHOWN_CHARACTERS, scrubbed

# Stands for the link slot; a private-use character, which no cleaned answer holds.
SLOT = "\ue000"
MAX_LEVEL = 3

_PARSER = MarkdownIt("commonmark", {"html": False})
_SLOT_WORD = r"\{\{?\s*(?:LINK|L\u00c4NK|LENKE|LINKKI)\b[^{}\n]{0,80}\}?\}"
_SLOT = re.compile(_SLOT_WORD)
_SLOT_LINK = re.compile(
    rf"\[[^\[\]\n]*\]\(\s*<?{SLOT}>?\s*\)|[\[\"\u201c\u201d`*]{SLOT}[\]\"\u201d`*]"
)
_COMMENT = re.compile(
    r"<!--.*?-->|<(script|style|iframe|svg|template)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE
)
_LOOSE_KEY = re.compile(r"\](?:\(\s*|\[\s*)<?#?([SP]\d{1,3})\b[^)\]\n]{0,60}[)\]]")
_KEY = re.compile(r"#?([SP])0*(\d{1,3})")


@dataclass(frozen=True)
class Run:
    """A piece of text; with a `key` it is a citation of that passage."""

    text: str
    key: str | None = None


@dataclass(frozen=True)
class Block:
    """A heading, paragraph, list item or quotation; `number` is an ordered item's, else 0."""

    kind: BlockKind
    runs: tuple[Run, ...]
    level: int = 0
    number: int = 0

    @property
    def text(self) -> str:
        """Give the block as plain text."""
        return "".join(each.text for each in self.runs)


def taken_apart(
    answer: str, keys: frozenset[str], kept_hosts: frozenset[str] = frozenset()
) -> tuple[tuple[Block, ...], tuple[Removed, ...]]:
    """Read an answer's blocks; `keys` are the passages that may be cited.

    The slot becomes the SLOT character. Levels below H3 become H3; emphasis is dropped.
    """
    removed: list[Removed] = []

    def note(match: re.Match[str]) -> str:
        removed.append(Removed(match[0][:SHOWN_CHARACTERS], Why.HTML))
        return ""

    source = _COMMENT.sub(note, answer.replace(SLOT, ""))
    source = _SLOT_LINK.sub(SLOT, _SLOT.sub(SLOT, source))
    source = _LOOSE_KEY.sub(r"](\1)", source)
    reader = _Reader(keys, kept_hosts, removed)
    return tuple(reader.blocks(_PARSER.parse(source))), tuple(removed)


class _Reader:
    """Walks through Markdown tokens and notes what it leaves out."""

    def __init__(
        self, keys: frozenset[str], kept_hosts: frozenset[str], removed: list[Removed]
    ) -> None:
        self.keys, self.kept_hosts, self.removed = keys, kept_hosts, removed

    def blocks(self, tokens: Sequence[Token]) -> Iterator[Block]:
        """Give every block that has text."""
        containers: list[str] = []
        numbers: list[int] = []
        for index, token in enumerate(tokens):
            if token.type.endswith(("list_open", "quote_open")):
                containers.append(token.type)
                numbers.append(0)
            elif token.type.endswith(("list_close", "quote_close")):
                containers.pop()
                numbers.pop()
            elif token.type == "list_item_open":
                numbers[-1] += 1
            elif token.type in {"inline", "fence", "code_block"}:
                opened = tokens[index - 1]
                runs = self.runs(token)
                if any(each.text.strip() for each in runs):
                    yield _block(opened, runs, containers, numbers)

    def runs(self, token: Token) -> tuple[Run, ...]:
        """Read a block's pieces; links become citations or plain text."""
        if token.type != "inline":
            return self._merged([Run(" ".join(token.content.split()))])
        found: list[Run] = []
        href: str | None = None
        for each in token.children or []:
            if each.type == "link_open":
                href = str(each.attrs.get("href", ""))
                found.append(Run("", self._key(href)))
            elif each.type == "link_close":
                href = None
                found.append(Run(""))
            elif each.type == "image":
                self._note(str(each.attrs.get("src", "")) or "image", Why.IMAGE)
            elif each.content or each.type.endswith("break"):
                text = " " if each.type.endswith("break") else each.content
                found.append(Run(text, found[-1].key if href is not None and found else None))
        return self._merged(found)

    def _key(self, href: str) -> str | None:
        match = _KEY.fullmatch(href)
        key = f"{match[1]}{match[2]}" if match else None
        if key in self.keys:
            return key
        self._note(href, Why.UNKNOWN_SOURCE if match else Why.LINK)
        return None

    def _merged(self, runs: Sequence[Run]) -> tuple[Run, ...]:
        """Join neighbors of one kind before scrubbing: an address may be spread over several."""
        joined: list[Run] = []
        for each in runs:
            if joined and joined[-1].key == each.key:
                joined[-1] = Run(joined[-1].text + each.text, each.key)
            elif each.text:
                joined.append(each)
        clean = []
        for each in joined:
            text, removed = scrubbed(each.text, self.kept_hosts)
            self.removed += removed
            clean.append(Run(text, each.key if _is_words(text) else None))
        return tuple(each for each in clean if each.text)

    def _note(self, what: str, why: Why) -> None:
        self.removed.append(Removed(what[:SHOWN_CHARACTERS], why))


def _is_words(text: str) -> bool:
    return SLOT not in text and any(each.isalnum() for each in text)


def _block(
    opened: Token, runs: tuple[Run, ...], containers: Sequence[str], numbers: Sequence[int]
) -> Block:
    if opened.type == "heading_open":
        plain = tuple(Run(each.text) for each in runs)
        return Block(BlockKind.HEADING, plain, min(MAX_LEVEL, int(opened.tag[1])))
    if "blockquote_open" in containers:
        return Block(BlockKind.QUOTE, runs)
    if containers:
        ordered = containers[-1] == "ordered_list_open"
        return Block(BlockKind.LIST_ITEM, runs, number=numbers[-1] if ordered else 0)
    return Block(BlockKind.PARAGRAPH, runs)
