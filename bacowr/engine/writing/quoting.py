"""Copied text made harmless: it travels to a writer as sealed, length-capped, quoted data.

What is neutralized here cannot close its data block, pass for a passage number or a link slot, or
hide from a reader: control, zero-width and direction characters, look-alike brackets, addresses.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

LINE_CHARACTERS = 600
SEAL_CHARACTERS = 12

_ADDRESS = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]{1,15}:/+|\bdata:[\w.+-]+[/,;]|\b(?:javascript|vbscript):|\bwww\.)\S*",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"<!--.*?-->|</?[a-z!?][^<>]*>", re.IGNORECASE | re.DOTALL)
_NUMBER_MARK = re.compile(r"[\[(]\s*[ST]\s*\d+\s*[\])]", re.IGNORECASE)
_DELIMITER = re.compile(r"\b(BEGIN|END)(\W{0,3})DATA\b", re.IGNORECASE)
_TURN = re.compile(
    r"(?:^|(?<=\s))#{0,6}\s*(?:system|assistant|user|human|developer)\s*:", re.IGNORECASE
)
_FULLWIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_LOOK_ALIKES = str.maketrans(
    {"\u2039": "'", "\u203a": "'", "\u3008": "(", "\u3009": ")", "\u27e8": "(", "\u27e9": ")"}
)
_BRACKETS = str.maketrans({"<": "(", ">": ")", "{": "(", "}": ")", "`": "'", "|": "/"})
_UNSEEN = {"Cc", "Cf", "Co", "Cs", "Cn"}


def visible(text: str) -> str:
    """Drop what a reader cannot see, and spell full-width letters and signs plainly.

    Control characters become spaces; zero-width, direction, tag and private-use ones vanish.
    Line breaks stay.
    """
    plain = unicodedata.normalize("NFC", text).translate(_FULLWIDTH)
    return "".join(
        each
        if each == "\n" or unicodedata.category(each) not in _UNSEEN
        else " " * (unicodedata.category(each) == "Cc")
        for each in plain
    )


def neutral(text: str, limit: int = LINE_CHARACTERS) -> str:
    """Put copied text on one harmless line of at most `limit` characters."""
    shown = visible(text).translate(_LOOK_ALIKES)
    for pattern in (_MARKUP, _ADDRESS, _NUMBER_MARK):
        shown = pattern.sub(" ", shown)
    shown = _TURN.sub(lambda match: match[0].replace(":", " -"), shown).translate(_BRACKETS)
    shown = _DELIMITER.sub(r"\1\2-data", shown)
    line = re.sub(r"\s+", " ", shown.replace("](", "] (").replace("===", "=")).strip()
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "\u2026"


def contained(text: str, mark: str) -> str:
    """Keep a Markdown text from closing the block it is set in; its lines stay as they are."""
    shown = _TURN.sub(lambda match: match[0].replace(":", " -"), visible(text))
    return _DELIMITER.sub(r"\1\2-data", shown.replace(mark, ""))


def seal(texts: Iterable[str]) -> str:
    """Derive the mark of an order's data blocks, which no text inside them can know.

    The same texts give the same mark, so that an order's prompts come out the same each time.
    """
    digest = hashlib.sha256("\x1f".join(texts).encode("utf-8", "replace"))
    return digest.hexdigest()[:SEAL_CHARACTERS]


def block(name: str, lines: Iterable[str], mark: str) -> str:
    """Set lines of copied text apart; each is neutralized and starts with a bar."""
    body = "\n".join(f"| {line}" for each in lines if (line := neutral(each)))
    return f"BEGIN DATA {name} seal {mark}\n{body}\nEND DATA {name} seal {mark}"
