"""Passages taken from pages, and how they are shown."""

import re
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bacowr.engine.brief.markdown import link, plain
from bacowr.engine.brief.parts import passages
from bacowr.engine.page.reading import Reading


@given(st.text(max_size=60))
def test_what_a_page_says_stays_text_in_markdown(text: str) -> None:
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(plain(text))
    inside = re.sub(r"^<p>|</p>\n$", "", html)
    assert "<" not in inside
    assert html.startswith("<p>") or not html


@given(st.text(max_size=60))
def test_an_address_is_a_link_or_text(url: str) -> None:
    html = MarkdownIt("commonmark", {"html": False}).render(link(f"https://a.se/{url}"))
    assert html.count("<a ") <= 1
    assert "<script" not in html
    assert "<a " not in MarkdownIt().render(link(f"javascript:{url}"))


def test_figures_and_dates_are_found_with_their_units(reading: Callable[..., Reading]) -> None:
    page = reading(
        '<html lang="sv"><main><p>Priset steg till 1 200 kronor under hela våren. '
        "Den 3 maj 2024 öppnade butiken i Umeå igen. Det finns inget tal i den meningen alls. "
        "Vi har fem katter och 7 hundar här hemma. Andelen var 12,5 procent av alla husen. "
        "Resan tog mellan 10 till 15 år att planera färdigt. kort 99.</p></main></html>"
    )
    found = {each.value: each.kind for each in passages.facts(page, [])}
    assert found == {
        "1 200 kronor": "number",
        "3 maj 2024": "date",
        "12,5 procent": "number",
        "10 till 15 år": "number",
    }


def test_names_are_those_mentioned_twice(reading: Callable[..., Reading]) -> None:
    page = reading("<main><p>I går kom Anna Berg. Sedan gick Anna Berg. Då kom Olle.</p></main>")
    (name,) = passages.names([page])
    assert (name.text, name.count, name.url) == ("Anna Berg", 2, page.url)


def test_a_sentence_on_two_pages_is_quoted_once(reading: Callable[..., Reading]) -> None:
    html = "<main><p>En mening som är lång nog för att kunna citeras här.</p></main>"
    quotes = passages.quotes(reading(html), [reading(html, "https://other.example/")])
    assert [each.url for each in quotes] == ["https://site.example/page"]
