"""Without a slot the anchor's own words take the link, where the brief wants it."""

from dataclasses import replace

import pytest

from bacowr.engine.article.parsed import parse
from bacowr.engine.brief.model import Brief, Placement
from bacowr.engine.shapes import Json, from_json
from bacowr.engine.steps.step import Stage
from bacowr.engine.writing.assembling import Frame, assembled
from bacowr.engine.writing.model import PlacedBy
from tests.plugins.written import DEMO

FILL = "En mening här. Och en mening till."
HIT = "Den som ska välja luftvärmepump läser först."


@pytest.fixture
def wish(demo: dict[str, Json]) -> Placement:
    return from_json(Brief, demo[Stage.BRIEF]["brief"]).placements[0]


def article(*sections: str) -> str:
    return "# T\n\n" + "\n\n".join(f"## Del {n}\n\n{each}" for n, each in enumerate(sections, 1))


def linked(answer: str, *wishes: Placement) -> tuple[str, int]:
    """Place the link; give its words and its section."""
    text = assembled(answer, Frame(DEMO, {}, wishes))
    assert text.placed_by is PlacedBy.WORDS
    (link,) = parse(text.markdown).links
    return link.link.text, link.block.section


def test_the_first_middle_paragraph_with_context_is_taken() -> None:
    assert linked(article(HIT, HIT, f"{FILL} {HIT}", HIT)) == ("välja luftvärmepump", 3)


def test_the_briefs_wish_comes_before_context(wish: Placement) -> None:
    second = replace(wish, section=2, paragraph=1)
    assert linked(article(HIT, HIT, f"{FILL} {HIT}", HIT), second)[1] == 2


def test_the_wished_section_will_do_in_another_paragraph(wish: Placement) -> None:
    second = replace(wish, section=2, paragraph=1)
    text = article(HIT, f"{FILL}\n\n{FILL}\n\n{HIT}", f"{FILL} {HIT}", HIT)
    assert linked(text, second)[1] == 2


def test_the_opening_and_closing_section_are_the_last_resort() -> None:
    assert linked(article(f"{FILL} {HIT}", HIT, f"{FILL} {HIT}"))[1] == 2
    assert linked(article(FILL, FILL, HIT))[1] == 3


def test_in_flow_the_middle_words_are_taken() -> None:
    long = " ".join(["ord"] * 280) + "."
    answer = f"# T\n\n{HIT}\n\n{long} {HIT}\n\n{long} {HIT}"
    text = assembled(answer, Frame(DEMO, {})).markdown
    assert parse(text).links[0].block == parse(text).paragraphs[1]


def test_the_orders_spelling_takes_the_place_inside_a_sentence() -> None:
    assert linked(article("Att VÄLJA Luftvärmepump nu."))[0] == "välja luftvärmepump"


def test_the_capital_of_a_sentence_stays_when_there_is_no_other_place() -> None:
    start = "Först en mening. Välja luftvärmepump är svårt."
    assert linked(article(FILL, start, FILL))[0] == "Välja luftvärmepump"
    assert linked(article(FILL, start, HIT)) == ("välja luftvärmepump", 3)


@pytest.mark.parametrize(
    "text",
    [
        "Att välja luftvärmepumpar är svårt.",
        "Ett om-välja luftvärmepump-test.",
        "> Att välja luftvärmepump sa hon.",
        "- Att välja luftvärmepump",
        "### Att välja luftvärmepump",
        "Inget alls.",
    ],
)
def test_other_forms_and_other_blocks_never_take_the_link(text: str) -> None:
    assert assembled(article(FILL, text, FILL), Frame(DEMO, {})).placed_by is PlacedBy.MISSING


def test_a_slot_in_a_list_is_taken_when_no_paragraph_has_one() -> None:
    text = assembled(article(FILL, "- den som vill {{LINK}}", FILL), Frame(DEMO, {}))
    assert text.placed_by is PlacedBy.SLOT
    assert parse(text.markdown).links[0].block.section == 2


def test_words_in_a_citation_are_not_taken() -> None:
    frame = Frame(DEMO, {"S1": "https://scb.se/"})
    text = assembled(article(FILL, "Se [välja luftvärmepump](S1) nu.", FILL), frame)
    assert text.placed_by is PlacedBy.MISSING
    assert [each.url for each in parse(text.markdown).links] == ["https://scb.se/"]


def test_a_citation_beside_the_link_is_unwrapped() -> None:
    frame = Frame(DEMO, {"S1": "https://scb.se/"})
    text = assembled(article(FILL, f"Se [siffran](S1). {HIT}", FILL), frame)
    assert [each.url for each in parse(text.markdown).links] == [DEMO.target_url]
    assert "Se siffran." in text.markdown
