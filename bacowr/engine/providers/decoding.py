"""Bytes of a page to text, whatever the server claims about them."""

import codecs
import re

_META = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_:.-]{2,40})", re.IGNORECASE
)
_HEADER = re.compile(r"charset\s*=\s*[\"']?([^\s;\"']{2,40})", re.IGNORECASE)
_HEAD_BYTES = 4096
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The web's own reading of these names (WHATWG Encoding).
_MEANT = {"iso-8859-1": "windows-1252", "latin-1": "windows-1252", "ascii": "windows-1252"}


def decoded(body: bytes, content_type: str = "") -> str:
    """Decode a page: byte order mark, then UTF-8 if it fits, then what header or page declare.

    UTF-8 goes before the declarations because a text that happens to be valid UTF-8 nearly always
    is, while wrong declarations are common. What fits nothing is read as Windows-1252.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    in_header, in_page = _HEADER.search(content_type), _META.search(body[:_HEAD_BYTES])
    declared = [
        *([in_header[1]] if in_header else []),
        *([in_page[1].decode("ascii")] if in_page else []),
    ]
    for name in ("utf-8", *declared):
        try:
            return body.decode(_MEANT.get(name.lower(), name))
        except (LookupError, UnicodeError):
            continue
    return body.decode("windows-1252", "replace")
