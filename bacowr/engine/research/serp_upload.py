"""Search results that a person brings: pasted text or a file, read row by row.

Read are the services' own JSON, tables with a heading (comma, semicolon or tab), and lines with an
address: bare, in Markdown, or with a title beside it. What can't be read is named with its line.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bacowr.base.errors import Invalid
from bacowr.engine.ports import SearchHit
from bacowr.engine.providers.decoding import decoded
from bacowr.engine.providers.search.hits import (
    SNIPPET_CHARACTERS,
    TITLE_CHARACTERS,
    cleaned,
    web_address,
)

MAX_BYTES = 1024 * 1024
MAX_ROWS = 100
FIELD = "results"

URL_NAMES = ("url", "link", "address", "page", "top pages", "landing page", "adress", "sida")
TITLE_NAMES = ("title", "page title", "name", "rubrik", "titel")
SNIPPET_NAMES = ("snippet", "description", "content", "text", "beskrivning", "utdrag")
RANK_NAMES = ("rank", "position", "pos", "rank_group", "average position", "placering", "#")
# Where the services keep their organic results, in the order in which they are looked for.
LISTS = ("organic", "organic_results", "results", "items", "hits")
INSIDE = ("web", "tasks", "result")
_ORGANIC_TYPES = (None, "organic", "search_result")  # Brave calls each of its own search_result.

_MARKDOWN = re.compile(r"\[(?P<title>[^\]\n]*)\]\(\s*<?(?P<url>https?://[^\s<>]+?)>?\s*\)")
_ADDRESS = re.compile(r"<?(?P<url>https?://[^\s<>|\"]+)>?")
_BULLET = re.compile(r"^(?:[-*•]|\d{1,3}[.)])\s+")
_AROUND = " \t|,;:-<>\"'\u2013\u2014"
_CLOSING = ".,;:!?"


@dataclass(frozen=True)
class UnreadableLine:
    """A line that was left out: where it stands (from 1) and why."""

    line: int
    reason: str


@dataclass(frozen=True)
class Brought:
    """What a person brought: the hits that could be read, and the lines that couldn't."""

    hits: tuple[SearchHit, ...]
    unreadable: tuple[UnreadableLine, ...] = ()


@dataclass(frozen=True)
class _Row:
    line: int
    url: object
    title: object = ""
    snippet: object = ""
    rank: float | None = None
    problem: str = ""


@dataclass(frozen=True)
class _Heading:
    """A table's first line: where address, title, snippet and rank are, if they are."""

    delimiter: str
    places: tuple[int | None, ...]


def parse(given: str | bytes) -> Brought:
    """Read what was pasted or uploaded; a hit's rank is its place among the rows that were read.

    Raise Invalid, with what is wrong under `results`, when it is larger than 1 MB, holds more than
    100 rows, or no row of it can be read.
    """
    rows = _rows(_text(given))
    hits: list[SearchHit] = []
    ranked: list[tuple[float, int]] = []
    unreadable: list[UnreadableLine] = []
    seen: dict[str, int] = {}
    for row in rows:
        hit = _hit(row, seen)
        if isinstance(hit, UnreadableLine):
            unreadable.append(hit)
        else:
            ranked.append((row.rank if row.rank is not None else float("inf"), len(hits)))
            hits.append(hit)
    if not hits:
        raise _invalid(*(f"Line {each.line}: {each.reason}" for each in unreadable[:10]))
    ordered = (hits[place] for _, place in sorted(ranked))
    return Brought(
        tuple(replace(hit, rank=rank) for rank, hit in enumerate(ordered, 1)), tuple(unreadable)
    )


def _text(given: str | bytes) -> str:
    size = len(given if isinstance(given, bytes) else given.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise _invalid("It is larger than 1 MB.")
    text = decoded(given) if isinstance(given, bytes) else given.removeprefix("\ufeff")
    if not text.strip():
        raise _invalid("It is empty.")
    return text


def _rows(text: str) -> list[_Row]:
    rows = _json_rows(text) if _is_json(text) else _text_rows(text)
    if len(rows) > MAX_ROWS:
        raise _invalid(f"It holds {len(rows)} rows; at most {MAX_ROWS} are read.")
    return rows


def _is_json(text: str) -> bool:
    """Tell JSON from lines of Markdown, which may begin with a bracket as well."""
    begin = text.lstrip()[:1]
    return begin == "{" or (begin == "[" and not _MARKDOWN.match(text.lstrip()))


def _text_rows(text: str) -> list[_Row]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = next(number for number, line in enumerate(lines, 1) if line.strip())
    if heading := _heading(lines[first - 1]):
        return list(_table_rows(lines[first:], heading, first))
    return [_line_row(number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _hit(row: _Row, seen: dict[str, int]) -> SearchHit | UnreadableLine:
    url = web_address(row.url)
    if url is None:
        shown = cleaned(row.url, 60)
        reason = f"“{shown}” is no web address." if shown else "There is no web address in it."
        reason = row.problem or reason
        return UnreadableLine(row.line, reason)
    if url in seen:
        return UnreadableLine(row.line, f"The same address stands in line {seen[url]}.")
    seen[url] = row.line
    title, snippet = cleaned(row.title, TITLE_CHARACTERS), cleaned(row.snippet, SNIPPET_CHARACTERS)
    return SearchHit(len(seen), url, title, snippet)


def _json_rows(text: str) -> list[_Row]:
    try:
        rows = _organic(json.loads(text))
    except RecursionError as error:
        raise _invalid("The JSON is nested too deeply.") from error
    except json.JSONDecodeError as error:
        raise _invalid(f"Line {error.lineno}: the JSON can't be read ({error.msg}).") from error
    except ValueError as error:
        raise _invalid("The JSON holds a number that is too long.") from error
    if rows is None:
        raise _invalid("The JSON holds no list of results.")
    return [_json_row(number, row) for number, row in enumerate(rows, 1)]


def _organic(found: object) -> list[Any] | None:
    """Find the list of organic results in the JSON of one of the services, or a bare list."""
    if isinstance(found, list):
        wrapped = [_organic(each) for each in found if isinstance(each, Mapping)]
        lists = [each for each in wrapped if each is not None]
        return [row for each in lists for row in each] if lists else found
    if not isinstance(found, Mapping):
        return None
    for name in (*INSIDE, *LISTS):
        rows = _organic(found.get(name))
        if rows and any(isinstance(row, Mapping) for row in rows):
            return [row for row in rows if _is_organic(row)]
    return None


def _is_organic(row: object) -> bool:
    """Tell a result from an advertisement or a box beside; DataForSEO lists them together."""
    return not isinstance(row, Mapping) or row.get("type") in _ORGANIC_TYPES


def _json_row(number: int, row: object) -> _Row:
    if isinstance(row, str):
        return _line_row(number, row)
    if not isinstance(row, Mapping):
        return _Row(number, "")
    named = {str(name).strip().casefold(): value for name, value in row.items()}
    url, title, snippet, rank = (
        next((named[name] for name in names if name in named), "")
        for names in (URL_NAMES, TITLE_NAMES, SNIPPET_NAMES, RANK_NAMES)
    )
    return _Row(number, url, title, snippet, _number(str(rank)))


def _heading(line: str) -> _Heading | None:
    """Find what parts a table's columns and which is which; None when it isn't a table."""
    for delimiter in "\t;,":
        try:
            cells = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            continue
        names = [cell.casefold().strip() for cell in cells]
        if (url := _place(names, URL_NAMES)) is not None:
            others = (_place(names, each) for each in (TITLE_NAMES, SNIPPET_NAMES, RANK_NAMES))
            return _Heading(delimiter, (url, *others))
    return None


def _place(cells: Sequence[str], names: Sequence[str]) -> int | None:
    return next((place for place, cell in enumerate(cells) if cell in names), None)


def _table_rows(lines: list[str], heading: _Heading, before: int) -> Iterator[_Row]:
    """Read the rows under a heading that stands in line `before`; a cell may span lines."""
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=heading.delimiter, strict=True)
    while True:
        number = before + reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield _Row(number, "", problem=f"From here on the table can't be read ({error}).")
            return
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            url, title, snippet, rank = (
                cells[place] if place is not None and place < len(cells) else ""
                for place in heading.places
            )
            yield _Row(number, url, title, snippet, _number(rank))


def _line_row(number: int, line: str) -> _Row:
    """Read a line that is an address, or a title and an address in either order."""
    found = _MARKDOWN.search(line) or _ADDRESS.search(line)
    if found is None:
        return _Row(number, line)
    before = _words(_BULLET.sub("", line[: found.start()].lstrip()))
    after = _words(line[found.end() :])
    if "title" in found.groupdict():
        return _Row(number, found["url"], found["title"], f"{before} {after}")
    url = found["url"].rstrip(_CLOSING)
    return _Row(number, url, before or after, after if before else "")


def _words(text: str) -> str:
    """Give what stands beside an address; empty when it is only punctuation."""
    return text.strip(_AROUND) if any(each.isalnum() for each in text) else ""


def _number(text: str) -> float | None:
    try:
        found = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return found if found > 0 else None


def _invalid(*reasons: str) -> Invalid:
    told = list(reasons) or ["No row could be read."]
    return Invalid("The search results can't be read.", fields={FIELD: told})
