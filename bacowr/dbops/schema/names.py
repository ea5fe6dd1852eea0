"""Names read out of an item's facts, where lists of them are told as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

SEPARATOR = ", "


def split_list(text: str) -> list[str]:
    """Divide a list at the commas that stand in no parentheses and no quotes."""
    parts, depth, mark, start = [], 0, "", 0
    for place, letter in enumerate(text):
        if mark:
            mark = "" if letter == mark else mark
        elif letter in "'\"`":
            mark = letter
        elif letter in "()":
            depth += 1 if letter == "(" else -1
        elif letter == "," and depth == 0:
            parts.append(text[start:place].strip())
            start = place + 1
    return [*parts, text[start:].strip()] if text.strip() else []


def columns_in(text: str, known: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of a list, by the names their table has; an expression as it is.

    A name may be in quotes or not, and may hold whatever a name may, a comma too.
    """
    return tuple(name for name, _ in keys_in(text, known))


def keys_in(text: str, known: Sequence[str]) -> list[tuple[str, str]]:
    """Return the columns of a list, each with what is said of it: DESC, a collation, a class.

    What isn't a column is an expression, and all of it is the name.
    """
    keys = []
    rest = text.strip()
    while rest:
        name, length = _longest(rest, known)
        if not name:
            first = split_list(rest)[0]
            keys.append((first, ""))
            rest = rest[len(first) :].lstrip(" ,")
            continue
        behind = split_list(rest[length:].lstrip(" "))
        more = behind[0] if behind and not rest[length:].startswith(",") else ""
        keys.append((name, more))
        rest = rest[length:].lstrip(" ")[len(more) :].lstrip(" ").removeprefix(",").lstrip(" ")
    return keys


def reference_in(text: str, tables: Iterable[str]) -> tuple[str, str]:
    """Return the table and the list of columns in "parent (columns)"; names may hold anything."""
    folded = text.lower()
    known = [one for one in tables if folded.startswith(f"{one.lower()} (")]
    exact = [one for one in known if text.startswith(f"{one} (")]
    longest = max(exact or known, key=len, default="")
    table = longest or text.rpartition(" (")[0]
    return table, text[len(table) :].strip().removeprefix("(").removesuffix(")")


def _longest(text: str, known: Sequence[str]) -> tuple[str, int]:
    """Return the longest known name the text begins with, and how long it is written there."""
    found: list[tuple[int, bool, str]] = []
    for name in known:
        for written in (name, '"' + name.replace('"', '""') + '"'):
            behind = text[len(written) : len(written) + 1]
            begins = text[: len(written)].lower() == written.lower()
            if begins and behind in {"", ",", " "}:
                found.append((len(written), text.startswith(written), name))
    length, _, name = max(found, default=(0, False, ""))
    return name, length
