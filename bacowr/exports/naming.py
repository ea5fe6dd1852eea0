"""File names that say what a document is."""

import re
import unicodedata

from bacowr.exports.model import Format, Handover

MAX_CHARACTERS = 120
_LETTERS = str.maketrans({"ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "ß": "ss", "đ": "d"})


def file_name(handover: Handover, format_: Format) -> str:
    """Name a file by kind, publisher and title, in ASCII."""
    parts = (handover.kind_label, handover.publisher, handover.heading)
    return named("-".join(map(slug, parts)), format_)


def named(stem: str, format_: Format) -> str:
    """Put a name and its ending together."""
    return f"{stem[:MAX_CHARACTERS].strip('-.') or 'document'}.{format_}"


def slug(text: str) -> str:
    """Spell a text in lower-case ASCII letters, digits, points and hyphens."""
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS)).encode("ascii", "ignore")
    return re.sub(r"[^a-z0-9.]+", "-", plain.decode().lower()).strip("-.")
