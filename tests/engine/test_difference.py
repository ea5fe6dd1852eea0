"""A difference gives both texts back, and shows what changed and no more."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bacowr.engine.article.difference import Change, difference, digest, unified

PARAGRAPHS = st.lists(
    st.text("abc åäö.,", min_size=1, max_size=30).map(str.strip).filter(bool), max_size=6
)


def side(before: str, after: str, left_out: Change) -> str:
    return "\n\n".join(
        text
        for paragraph in difference(before, after)
        if (text := "".join(e.text for e in paragraph.pieces if e.change is not left_out))
    )


@given(PARAGRAPHS, PARAGRAPHS)
def test_both_texts_can_be_read_from_it(old: list[str], new: list[str]) -> None:
    before, after = "\n\n".join(old), "\n\n".join(new)
    assert side(before, after, Change.ADDED) == before
    assert side(before, after, Change.REMOVED) == after
    assert any(each.is_changed for each in difference(before, after)) == (before != after)


def test_a_changed_word_is_all_that_is_marked() -> None:
    (_, changed) = difference("Ett.\n\nEn röd villa.", "Ett.\n\nEn blå villa.")
    assert [(each.change, each.text) for each in changed.pieces] == [
        (Change.SAME, "En "),
        (Change.REMOVED, "röd"),
        (Change.ADDED, "blå"),
        (Change.SAME, " villa."),
    ]


def test_a_new_paragraph_stands_alone() -> None:
    added = difference("Ett.\n\nTre.", "Ett.\n\nHelt annat innehåll här.\n\nTre.")[1]
    assert [each.change for each in added.pieces] == [Change.ADDED]


def test_the_unified_form_and_the_digest_tell_texts_apart() -> None:
    assert unified("a", "a") == ""
    assert "-a\n+b" in unified("a", "b")
    assert digest("a", "b") != digest("b", "a")
    assert re.fullmatch("[0-9a-f]{64}", digest("", "x"))
