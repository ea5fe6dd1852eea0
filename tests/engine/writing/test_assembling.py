"""Whatever a writer answers: only placed links, only the ledger's addresses, no HTML."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bacowr.engine import urls
from bacowr.engine.article.parsed import parse
from bacowr.engine.writing.assembling import Frame, assembled, redraft
from bacowr.engine.writing.model import PlacedBy, Why
from tests.plugins.written import DEMO, assert_no_markup

FRAME = Frame(DEMO, {"S1": "https://scb.se/el", "S2": "https://sv.example/a(b)?x=1&copy;=2"})
LINK = f"[välja luftvärmepump]({DEMO.target_url})"
ALLOWED = {urls.normalize(each) for each in (DEMO.target_url, *FRAME.addresses.values())}


def made(answer: str, frame: Frame = FRAME) -> str:
    return assembled(answer, frame).markdown


def whys(answer: str) -> list[Why]:
    return [each.why for each in assembled(answer, FRAME).removed]


def assert_safe(markdown: str) -> None:
    """Fail when an article holds a foreign address, HTML, an image or a second deal link."""
    links = assert_no_markup(markdown)
    assert {urls.normalize(each) for each in links} <= ALLOWED
    assert links.count(DEMO.target_url) <= 1


def test_slot_and_citations_get_their_addresses() -> None:
    answer = (
        "# T\n\n## A\n\nEtt. Två. Den som vill {{LINK}} kan börja här.\n\nSe [vad SCB](S1) vet.\n"
    )
    assert made(answer) == (
        f"# T\n\n## A\n\nEtt. Två. Den som vill {LINK} kan börja här.\n\n"
        "Se [vad SCB](https://scb.se/el) vet.\n"
    )


@pytest.mark.parametrize(
    "slot",
    [
        "{{LINK}}",
        "{{ LINK }}",
        "{LINK}",
        "{{LINK: ankaret}}",
        "{{LÄNK}}",
        "[{{LINK}}]",
        "[läs här]({{LINK}})",
        "`{{LINK}}`",
        '"{{LINK}}"',
        "**{{LINK}}**",
        "välja luftvärmepump {{LINK}}",
    ],
)
def test_the_slot_is_known_in_its_usual_spellings(slot: str) -> None:
    assert (
        made(f"# T\n\nDen som vill {slot} kan läsa.") == f"# T\n\nDen som vill {LINK} kan läsa.\n"
    )


def test_a_slot_glued_to_a_word_is_parted() -> None:
    assert made("# T\n\nAtt{{LINK}} går.") == f"# T\n\nAtt {LINK} går.\n"


def test_addresses_with_brackets_and_entities_are_read_back_as_they_are() -> None:
    url = FRAME.addresses["S2"]
    assert [each.url for each in parse(made("# T\n\nSe [sidan](S2) här.")).links] == [url]


@pytest.mark.parametrize(
    ("answer", "kept", "why"),
    [
        ("Läs [mer](https://evil.example/x) nu.", "Läs mer nu.", Why.LINK),
        ("Läs <https://evil.example> nu.", "Läs nu.", Why.LINK),
        ("Läs https://evil.example/a?b=c. Sedan.", "Läs. Sedan.", Why.ADDRESS),
        ("Läs (http://evil.example) nu.", "Läs nu.", Why.ADDRESS),
        ("Läs www.evil.com nu.", "Läs nu.", Why.ADDRESS),
        ("Läs booking.com nu.", "Läs booking nu.", Why.ADDRESS),
        ("Läs evil.co.uk/sida?x nu.", "Läs evil nu.", Why.ADDRESS),
        ("Läs [mer](S9) nu.", "Läs mer nu.", Why.UNKNOWN_SOURCE),
        ("Läs mer [S1] nu.", "Läs mer nu.", Why.BARE_NUMBER),
        ("Läs mer (S1, S2) nu.", "Läs mer nu.", Why.BARE_NUMBER),
        ("Läs [mer](javascript:alert(1)) nu.", "Läs mer nu.", Why.LINK),
        ("Läs [mer](data:text/html;base64,AA) nu.", "Läs mer nu.", Why.LINK),
        ("Läs <b>mer</b> nu.", "Läs mer nu.", Why.HTML),
        ("Läs <!-- göm --> mer nu.", "Läs mer nu.", Why.HTML),
        ("Läs <script>alert(1)</script>mer nu.", "Läs mer nu.", Why.HTML),
        ("Läs &lt;img src=x&gt; mer nu.", "Läs mer nu.", Why.HTML),
        ("Läs ![bild](https://evil.example/i.png) mer nu.", "Läs mer nu.", Why.IMAGE),
        ("Läs mer a@evil.example nu.", "Läs mer nu.", Why.ADDRESS),
        ("Läs //evil.example/x mer nu.", "Läs mer nu.", Why.ADDRESS),
        ("Läs hxxps://evil.example mer nu.", "Läs mer nu.", Why.ADDRESS),
        ("Läs htthttps://x.example ps://evil.example nu.", "Läs nu.", Why.ADDRESS),
        ("Läs http*s://ev*il.example/x nu.", "Läs nu.", Why.ADDRESS),
        ("Läs [mer][1] nu.\n\n[1]: https://evil.example", "Läs mer nu.", Why.LINK),
    ],
)
def test_everything_else_that_is_a_link_or_html_is_taken_out(
    answer: str, kept: str, why: Why
) -> None:
    answer = f"# T\n\n{answer}"
    assert made(answer) == f"# T\n\n{kept}\n"
    assert why in whys(answer)


@pytest.mark.parametrize(
    "text",
    [
        "Klart.Men det är t.ex. bl.a. kl.12 och 10.000 kr.",
        "Node.js och version 2.0.1 går fint, sa han (2024).",
        "Data: siffrorna visar 5 kWh. Tel: se baksidan.",
        "Ett tal som 3 < 5, ett & och ett #märke.",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    shown = parse(made(f"# T\n\n{text}")).paragraphs[0].text
    assert shown == text
    assert whys(f"# T\n\n{text}") == []


def test_a_site_that_a_policy_names_stays() -> None:
    frame = Frame(DEMO, {"P1": "https://stodlinjen.se/"}, kept_hosts=frozenset({"stodlinjen.se"}))
    text = "# T\n\nRing stodlinjen.se eller [Stödlinjen](P1) nu."
    assert made(text, frame) == (
        "# T\n\nRing stodlinjen.se eller [Stödlinjen](https://stodlinjen.se/) nu.\n"
    )


def test_a_paragraph_carries_one_link() -> None:
    answer = "# T\n\n[Ett](S1) och [två](S2).\n\nAtt {{LINK}} med [tre](S1)."
    assert made(answer) == f"# T\n\n[Ett](https://scb.se/el) och två.\n\nAtt {LINK} med tre.\n"
    assert whys(answer) == [Why.SECOND_LINK, Why.SECOND_LINK]


def test_a_second_slot_becomes_words() -> None:
    answer = "# {{LINK}}\n\nAtt {{LINK}} och {{LINK}}.\n\nIgen {{LINK}}."
    assert made(answer) == (
        f"# välja luftvärmepump\n\nAtt {LINK} och välja luftvärmepump.\n\n"
        "Igen välja luftvärmepump.\n"
    )
    assert whys(answer) == [Why.SECOND_SLOT] * 3


def test_blocks_keep_their_kind_and_emphasis_goes() -> None:
    answer = (
        "# T #\n\n#### Djup\n\n- en **fet**\n- två\n  - under\n\n3. tre\n4. fyra\n\n"
        "> *citat*\n\n    kod <b>x</b>\n\nrad\nrad\\\nrad\n\n***\n\nslut"
    )
    assert made(answer) == (
        "# T\n\n### Djup\n\n- en fet\n- två\n- under\n\n1. tre\n2. fyra\n\n> citat\n\n"
        "kod x\n\nrad rad rad\n\nslut\n"
    )


def test_signs_at_the_start_of_a_line_stay_text() -> None:
    for line in ("1\\. maj är en dag", "\\# ett", "\\- minus", "\\+ plus", "\\> pil", "7\\) sju"):
        assert parse(made(f"# T\n\n{line}")).paragraphs[0].text == line.replace("\\", "")


def test_a_link_after_an_exclamation_mark_is_no_image() -> None:
    assert_safe(made("# T\n\nJa!{{LINK}}"))
    assert len(parse(made("# T\n\nJa![nej](S1) då \\![nej](S1)")).links) <= 1


@pytest.mark.parametrize("label", ["Annons", "**Reklam**", "*Sponsored*", "[ANNONSE]", "Mainos:"])
def test_a_label_that_the_writer_added_is_dropped(label: str) -> None:
    answer = f"{label}\n\n# T\n\nAtt {{{{LINK}}}} nu."
    assert made(answer) == f"# T\n\nAtt {LINK} nu.\n"
    assert Why.LABEL in whys(answer)


def test_there_is_one_title_and_a_missing_one_is_the_plans() -> None:
    assert made("# A\n\nx\n\n# B\n\ny") == "# A\n\nx\n\n## B\n\ny\n"
    assert made("x", Frame(DEMO, {}, title="Ur\nplanen <b>")) == "# Ur planen\n\nx\n"
    assert made("x") == "x\n"


def test_the_next_call_sees_slot_and_numbers_but_no_address() -> None:
    text, removed = redraft("# T\n\nAtt {{LINK}} och [x](S1), https://evil.example/a.", FRAME)
    assert text == "# T\n\nAtt {{LINK}} och [x](S1),.\n"
    assert [each.why for each in removed] == [Why.ADDRESS]


def test_what_was_removed_is_shown_shortened() -> None:
    answer = f"# T\n\nx ![b](https://evil.example/{'a' * 500}) https://e.example/{'b' * 500}"
    assert all(len(each.what) <= 160 for each in assembled(answer, FRAME).removed)


PIECES: Sequence[str] = (
    "{{LINK}}", "[ord](S1)", "[ord](S7)", "[x](https://evil.example)", "https://evil.com/a", "<b>",
    "</b>", "<!--", "-->", "<script>", "</script>", "![a](b)", "![", "](", ")", "[", "]", "`",
    "```",
    "\n\n", "\n", "# ", "## ", "- ", "1. ", "> ", "    ", "*", "_", "\\", "&lt;", "&#60;", "&amp;",
    "javascript:", "data:text/html,", "www.", "evil.com", "//", ":", "välja luftvärmepump", "ord ",
    "<https://evil.com>", "[1]: https://evil.com", "[S1]: //evil.com", "[ord][1]", "\ue000", "!",
    "=", "---", "~~~", "|", "\t", "http", "s://", "@", "<a href=", '"', "'", "S1", "(S1)",
)  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=16).map("".join))
@example("![{{LINK}}](S1)")
@example("[ord](S1)(https://evil.com)")
@example("[[ord](S1)](https://evil.com)")
@example("<https://evil.com/{{LINK}}>")
@example("[{{LINK}}](S1)")
def test_no_answer_gets_a_foreign_address_or_html_into_an_article(answer: str) -> None:
    assert_safe(made(answer))
    again = made(redraft(answer, FRAME)[0])
    assert_safe(again)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Cf", "Co", "Cn"])))
def test_plain_text_comes_through_as_it_is_written(text: str) -> None:
    words = " ".join(re.sub(r"[^\w åäö,;-]|_", " ", text).split())
    if not any(each.isalnum() for each in words):
        return
    escaped = re.sub(r"([^\w\s])", r"\\\1", words)
    found = parse(made(f"# T\n\nOrd {escaped}"))
    assert found.paragraphs[0].text == f"Ord {words}"


def test_without_a_place_for_the_link_it_is_missing() -> None:
    found = assembled("# T\n\nIngenting här.", FRAME)
    assert found.placed_by is PlacedBy.MISSING
    assert found.markdown == "# T\n\nIngenting här.\n"
