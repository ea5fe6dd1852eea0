"""Results brought by hand: every form is read, and what can't be is named with its line."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bacowr.base.errors import Invalid
from bacowr.engine.ports import SearchHit
from bacowr.engine.research.serp_upload import MAX_ROWS, Brought, parse
from tests.engine.search.conftest import answer_of

HITS = (SearchHit(1, "https://a.se/1", "One", "s1"), SearchHit(2, "https://b.se/2", "Two", "s2"))
PLAIN = tuple(SearchHit(hit.rank, hit.url, hit.title) for hit in HITS)
BARE = tuple(SearchHit(hit.rank, hit.url, "") for hit in HITS)


def problems(error: pytest.ExceptionInfo[Invalid]) -> str:
    return " ".join(error.value.fields["results"])


FORMS: list[tuple[str, tuple[SearchHit, ...]]] = [
    ("https://a.se/1\nhttps://b.se/2", BARE),
    ("\n\n  1. https://a.se/1\r\n\r\n  2) <https://b.se/2>.\n", BARE),
    ("One\thttps://a.se/1\nTwo\thttps://b.se/2", PLAIN),
    ("https://a.se/1\tOne\nhttps://b.se/2 \u2013 Two", PLAIN),
    ("- [One](https://a.se/1)\n* [Two](<https://b.se/2>)", PLAIN),
    ("[One](https://a.se/1): s1\n1. [Two](https://b.se/2) s2", HITS),
    ("One | https://a.se/1 | s1\nTwo | https://b.se/2 | s2", HITS),
    ("title,url,snippet\nOne,https://a.se/1,s1\nTwo,https://b.se/2,s2", HITS),
    ("Position;Titel;Adress;Beskrivning\n2;Two;https://b.se/2;s2\n1;One;https://a.se/1;s1", HITS),
    ("rank\tlink\ttitle\tsnippet\n1\thttps://a.se/1\tOne\ts1\n2\thttps://b.se/2\tTwo\ts2", HITS),
    ('url,title\nhttps://a.se/1,"One"\n\nhttps://b.se/2,Two\n', PLAIN),
    ('["https://a.se/1", "https://b.se/2"]', BARE),
    ('[{"url": "https://b.se/2", "position": 2}, {"link": "https://a.se/1", "rank": 1}]', BARE),
]


@pytest.mark.parametrize(("text", "hits"), FORMS)
def test_every_form_is_read(text: str, hits: tuple[SearchHit, ...]) -> None:
    assert parse(text) == Brought(hits)
    assert parse("\ufeff" + text) == Brought(hits)
    for name in ("utf-8", "utf-8-sig", "utf-16"):
        assert parse(text.encode(name)) == Brought(hits)


@pytest.mark.parametrize("name", ["serper", "serpapi", "dataforseo", "brave", "searxng"])
def test_a_service_s_own_answer_is_read(name: str) -> None:
    found = parse(json.dumps(answer_of(name, 3), indent=1))
    assert [(hit.url, hit.title, hit.snippet) for hit in found.hits] == [
        (f"https://r{n}.se/", f"T{n}", f"S{n}") for n in (1, 2, 3)
    ]
    assert found.unreadable == ()


def test_pages_of_the_search_console_are_read_by_position() -> None:
    text = (
        "Top pages,Clicks,Impressions,CTR,Position\n"
        'https://a.se/far,3,10,30%,"12,5"\nhttps://a.se/near,1,5,20%,1.2\nhttps://a.se/none,0,0,0%,\n'
    )
    assert [hit.url[13:] for hit in parse(text).hits] == ["near", "far", "none"]


def test_a_cell_may_span_lines() -> None:
    found = parse('url,snippet\nhttps://a.se/1,"one\ntwo"\nnonsense,x\n')
    assert found.hits == (SearchHit(1, "https://a.se/1", "", "one two"),)
    assert [each.line for each in found.unreadable] == [4]


def test_what_cannot_be_read_is_named_with_its_line() -> None:
    found = parse(
        "My results\nhttps://a.se/1\n\nexample.com/x\nftp://a.se/\nhttps://a.se/1\n"
        "https://u:p@a.se/\nhttps://:80/\n"
    )
    assert [hit.url for hit in found.hits] == ["https://a.se/1"]
    assert [(each.line, each.reason.split(".")[0]) for each in found.unreadable] == [
        (1, "“My results” is no web address"),
        (4, "“example"),
        (5, "“ftp://a"),
        (6, "The same address stands in line 2"),
        (7, "“https://u:p@a"),
        (8, "“https://:80/” is no web address"),
    ]


def test_a_table_that_breaks_is_read_until_there() -> None:
    found = parse('url;title\nhttps://a.se/1;One\nhttps://b.se/2;"open\nhttps://c.se/3;Three')
    assert [hit.url for hit in found.hits] == ["https://a.se/1"]
    assert [each.line for each in found.unreadable] == [3]
    assert "From here on" in found.unreadable[0].reason


def test_a_row_of_json_that_is_no_result_is_named() -> None:
    found = parse('[{"url": "https://a.se/1"}, {"title": "x"}, 7, null, {"url": 3}]')
    assert [each.line for each in found.unreadable] == [2, 3, 4, 5]


REFUSED: list[tuple[Any, str]] = [
    ("", "empty"),
    (b" \n", "empty"),
    ("x" * (1024 * 1024 + 1), "1 MB"),
    (b"x" * (1024 * 1024 + 1), "1 MB"),
    ("\n".join(f"https://a.se/{n}" for n in range(MAX_ROWS + 1)), "101 rows"),
    ("nothing here\nnor here", "Line 2"),
    ("x" * 200_000, "Line 1"),
    ("url,title", "No row"),
    ('{"organic": [', "Line 1: the JSON"),
    ('{"other": 1}', "no list"),
    ('{"organic": []}', "no list"),
    ("{}", "no list"),
    ('{"a":' * 100_000, "deeply"),
    ("[" * 100_000, "deeply"),
    ('{"organic": ' + "9" * 5000 + "}", "too long"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED, ids=[reason for _, reason in REFUSED])
def test_what_cannot_be_used_at_all_is_refused(text: str | bytes, reason: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(text)
    assert reason in problems(caught)


def test_a_hundred_rows_are_read() -> None:
    found = parse("\n".join(f"https://a.se/{n}" for n in range(MAX_ROWS)))
    assert [hit.rank for hit in found.hits] == list(range(1, MAX_ROWS + 1))


PIECES = st.sampled_from(
    (
        *("url,title\n", "url", "title", "https://a.se/", "https://b.se/x y", "[t](https://c.se/)"),
        *('"', ",", ";", "\t", "\n", "\r", "{", "}", "[", "]", ":", '{"organic":', '[{"url":'),
        *("1. ", "\x00", "\ud800", "é"),
    )
)


def parsed(anything: str | bytes) -> tuple[SearchHit, ...]:
    """Read what can be read; anything but an Invalid that says why comes through."""
    try:
        return parse(anything).hits
    except Invalid as error:
        if not error.fields["results"]:
            raise
        return ()


@given(st.one_of(st.text(), st.binary(), st.lists(PIECES, max_size=40).map("".join)))
def test_anything_is_read_or_refused(anything: str | bytes) -> None:
    hits = parsed(anything)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert all(hit.url.startswith(("http://", "https://")) for hit in hits)
    json.dumps([[hit.url, hit.title, hit.snippet] for hit in hits], ensure_ascii=False).encode()


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["url", "title", "organic", "tasks", "result", "items", "web", "rank"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_any_json_is_read_or_refused(anything: object) -> None:
    hits = parsed(json.dumps(anything))
    assert all(hit.url.startswith(("http://", "https://")) for hit in hits)


WORDS = st.text(st.sampled_from("abcåäöéßx0123456789"), min_size=1, max_size=12)
LISTS = st.lists(
    st.tuples(WORDS.map(lambda word: f"https://a.se/{word}"), WORDS, WORDS),
    min_size=1,
    max_size=25,
    unique_by=lambda row: row[0],
)


def _table(rows: list[tuple[str, str, str]], delimiter: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["snippet", "url", "title"])
    writer.writerows((snippet, url, title) for url, title, snippet in rows)
    return out.getvalue()


@given(LISTS)
def test_a_list_comes_back_in_every_form(rows: list[tuple[str, str, str]]) -> None:
    hits = tuple(SearchHit(rank, *row) for rank, row in enumerate(rows, 1))
    named = [{"link": url, "title": title, "snippet": snippet} for url, title, snippet in rows]
    ranked = [{**row, "position": rank} for rank, row in enumerate(named, 1)]
    assert parse(json.dumps({"organic_results": named})).hits == hits
    assert parse(json.dumps(ranked[::-1])).hits == hits
    for delimiter in ",;\t":
        assert parse(_table(rows, delimiter)).hits == hits
    plain = tuple(SearchHit(hit.rank, hit.url, hit.title) for hit in hits)
    assert parse("\n".join(f"{title}\t{url}" for url, title, _ in rows)).hits == plain
    assert parse("\n".join(f"- [{title}]({url})" for url, title, _ in rows)).hits == plain
