"""Text in a diagram: what may stand in XML, how wide it is, and where it is cut."""

from __future__ import annotations

import re
import unicodedata
from xml.sax.saxutils import escape, quoteattr

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_IN_ID = re.compile(r"[^A-Za-z0-9_-]")
_NARROW, _USUAL, _BROAD, _WIDE = 0.32, 0.57, 0.72, 0.95
_MONOSPACED = 0.602
_OF_TWO = 2.0


def content(text: str) -> str:
    """Return a text as the content of an element, on one line."""
    return escape(" ".join(_allowed(text).split()))


def attribute(text: str) -> str:
    """Return a text as an attribute's value, with its quotes; white space survives."""
    return quoteattr(_allowed(text), {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})


def identifier(text: str) -> str:
    """Return a text as part of an id; different texts give different ids."""
    return _NOT_IN_ID.sub(lambda found: f".{ord(found[0]):x}.", text)


def _allowed(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)


def width(text: str, size: float, *, is_mono: bool = False) -> float:
    """Guess how wide a text is drawn, rather too wide than too narrow."""
    return size * sum(_share(char, is_mono=is_mono) for char in text)


def cut(text: str, room: float, size: float, *, is_mono: bool = False) -> str:
    """Return the text, or as much of it as there is room for, and an ellipsis."""
    shown = " ".join(text.split())
    if width(shown, size, is_mono=is_mono) <= room:
        return shown
    while shown and width(shown + "…", size, is_mono=is_mono) > room:
        shown = shown[:-1]
    return shown.rstrip() + "…"


def _share(char: str, *, is_mono: bool) -> float:
    if unicodedata.east_asian_width(char) in "WF":
        return _OF_TWO * _USUAL if not is_mono else _OF_TWO * _MONOSPACED
    if unicodedata.combining(char):
        return 0.0
    if is_mono:
        return _MONOSPACED
    if char in "iljtfrI.,:;'|!()[]{}":
        return _NARROW
    if char in "mwMW@%—…":
        return _WIDE
    return _BROAD if char.isupper() else _USUAL


def number_text(value: float) -> str:
    """Write a measure, exact to a tenth."""
    return f"{value:.1f}".removesuffix(".0")
