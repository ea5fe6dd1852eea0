"""Somebody else's rows to search hits: cleaned, in order, the first ten."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from bacowr.base import addresses
from bacowr.base.addresses import AddressRefused
from bacowr.engine.ports import SearchHit

MOST = 10
URL_CHARACTERS = 2048
TITLE_CHARACTERS = 300
SNIPPET_CHARACTERS = 1000


class Unreadable(Exception):  # noqa: N818 - named for what happened, as in base.errors.
    """An answer that isn't in the service's form."""


def hits_of(
    rows: Iterable[Any], *, url: str, title: str = "title", snippet: str = "snippet"
) -> tuple[SearchHit, ...]:
    """Take the first ten rows that lead to a web page; the names are those of the row's fields.

    A hit's rank is its place among the rows that were taken.
    """
    hits: list[SearchHit] = []
    for row in rows:
        if not isinstance(row, Mapping) or web_address(row.get(url)) is None:
            continue
        texts = (
            cleaned(row.get(title), TITLE_CHARACTERS),
            cleaned(row.get(snippet), SNIPPET_CHARACTERS),
        )
        hits.append(SearchHit(len(hits) + 1, row[url].strip(), *texts))
        if len(hits) == MOST:
            break
    return tuple(hits)


def listed(value: object) -> list[Any]:
    """Give a list that an answer must hold; raise Unreadable when it is something else."""
    if not isinstance(value, list):
        raise Unreadable
    return value


def fields(value: object) -> Mapping[str, Any]:
    """Give an object that an answer must hold; raise Unreadable when it is something else."""
    if not isinstance(value, Mapping):
        raise Unreadable
    return value


def web_address(value: object) -> str | None:
    """Give a web address without the space around it; None for what is no web address."""
    if not isinstance(value, str) or len(value) > URL_CHARACTERS:
        return None
    text = value.strip()
    try:
        addresses.split(text)
        text.encode()
    except (AddressRefused, UnicodeEncodeError):
        return None
    return text


def cleaned(value: object, most: int) -> str:
    """Give a text on one line, without control characters, cut to `most` characters."""
    if not isinstance(value, str):
        return ""
    # Half a surrogate pair and NUL are JSON but can't be stored.
    kept = "".join(" " if unicodedata.category(each) in {"Cc", "Cs"} else each for each in value)
    return " ".join(kept.split())[:most].rstrip()
