"""Cleaned blocks as Markdown, for the article and for the next call."""

import re
from collections.abc import Callable, Mapping, Sequence

from bacowr.engine.article.parsed import BlockKind
from bacowr.engine.writing.blocks import SLOT, Block, Run

_SPECIAL = re.compile(r"[\\`*\[\]<]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)")
_LINE_START = re.compile(r"^(?:([#>~=|+-])|(\d{1,9})([.)])(?=\s|$))")
_ENTITY = re.compile(r"&(?=#?\w+;)")

Address = Callable[[str], str]


def article(blocks: Sequence[Block], addresses: Mapping[str, str], link: str) -> str:
    """Write the final Markdown: citations with their addresses, and `link` in the slot."""
    return _written(blocks, lambda key: destination(addresses[key]), link)


def draft(blocks: Sequence[Block]) -> str:
    """Write the Markdown that a writer is shown: passage numbers, and the slot as it names it."""
    return _written(blocks, lambda key: key, "{{LINK}}")


def escaped(text: str) -> str:
    """Escape what Markdown would read as a sign; the rest stays legible."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def destination(url: str) -> str:
    """Spell an address so that Markdown reads it as it is."""
    safe = _ENTITY.sub("&amp;", re.sub(r"[\s<>]", lambda match: f"%{ord(match[0]):02X}", url))
    return f"<{safe}>" if re.search(r"[()\\]", safe) else safe


def _written(blocks: Sequence[Block], address: Address, link: str) -> str:
    parts: list[str] = []
    before: Block | None = None
    for each in blocks:
        line = _line(each, address, link)
        if before and each.kind is before.kind is BlockKind.LIST_ITEM and _together(before, each):
            parts[-1] += f"\n{line}"
        else:
            parts.append(line)
        before = each
    return "\n\n".join(parts) + "\n" if parts else ""


def _together(one: Block, other: Block) -> bool:
    return bool(one.number) == bool(other.number)


def _line(block: Block, address: Address, link: str) -> str:
    text = _inline(block.runs, address, link)
    if block.kind is BlockKind.HEADING:
        # Closing number signs would be read as decoration.
        return f"{'#' * block.level} {re.sub(r'#+$', '', text).rstrip()}"
    text = _LINE_START.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", text)
    if block.kind is BlockKind.QUOTE:
        return f"> {text}"
    if block.kind is BlockKind.LIST_ITEM:
        return f"{block.number}. {text}" if block.number else f"- {text}"
    return text


def _inline(runs: Sequence[Run], address: Address, link: str) -> str:
    text = ""
    for each in runs:
        if each.key is None:
            text += escaped(each.text)
        else:
            lead, words, trail = _trimmed(each.text)
            # An exclamation mark before a link would make it an image.
            text = re.sub(r"!$", r"\\!", text + lead)
            text += f"[{escaped(words)}]({address(each.key)}){trail}"
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(rf"!?{SLOT}", lambda match: match[0].replace("!", r"\!"), text).replace(
        SLOT, link
    )


def _trimmed(text: str) -> tuple[str, str, str]:
    words = text.strip()
    start = text.index(words)
    return text[:start], words, text[start + len(words) :]
