"""The brief and the skeleton: honest, attributed, worded in the right language."""

import re
import string
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bacowr.base.http import Outgoing
from bacowr.engine.brief.model import Brief, Skeleton
from bacowr.engine.brief.wording import phrases
from bacowr.engine.order import AnchorType, Order
from bacowr.engine.ports import Ports
from bacowr.engine.providers.assembly import installed_ports
from bacowr.engine.record import Fetched
from bacowr.engine.shapes import from_json
from bacowr.engine.steps.step import Outputs, Stage
from tests.plugins import whole_run
from tests.plugins.canned_writer import CannedWriter
from tests.plugins.sites import Site

DEMO = Order(
    "hemochhushall.example",
    "https://varmebutiken.example/guider/valja-luftvarmepump",
    "välja luftvärmepump",
)
FORBIDDEN = re.compile(
    r"mock|untitled|lorem|placeholder|\[källa\]|PLATSFÖRSLAG|example[123]\.com", re.IGNORECASE
)


@pytest.fixture
def demo_outputs(clock: Callable[[], datetime]) -> Outputs:
    return whole_run.run(DEMO, installed_ports(Outgoing(), clock))


@pytest.fixture
def demo(demo_outputs: Outputs) -> Brief:
    return from_json(Brief, demo_outputs[Stage.BRIEF]["brief"])


def document(outputs: Outputs, kind: str) -> str:
    (found,) = [
        each["markdown"] for each in outputs[Stage.DONE]["documents"] if each["kind"] == kind
    ]
    return str(found)


def test_every_quote_stands_on_its_page_where_it_says(finished: Outputs) -> None:
    brief = from_json(Brief, finished[Stage.BRIEF]["brief"])
    texts = {each.url: each.text for each in from_json(Fetched, finished[Stage.FETCH]).readings}
    assert len(brief.quotes) == 10
    for quote in brief.quotes:
        assert texts[quote.url][quote.start : quote.end] == quote.text
    assert len(brief.facts) >= 6
    for fact in brief.facts:
        assert texts[fact.url][fact.start : fact.end] == fact.sentence
        assert fact.value in fact.sentence
        assert fact.fetched_at == "2026-11-22T12:00:00+00:00"


def test_the_copied_share_is_shown_and_small(finished: Outputs) -> None:
    brief = from_json(Brief, finished[Stage.BRIEF]["brief"])
    assert 0 < brief.copied_share < 0.5
    assert f"{100 * brief.copied_share:.1f} %" in document(finished, "brief")
    assert all(0 < each.share < 1 for each in brief.quoted_shares)


def test_a_brief_says_first_that_it_is_no_article(finished: Outputs, demo_outputs: Outputs) -> None:
    for outputs, banner in (
        (finished, "This is a brief, not an article."),
        (demo_outputs, "Detta är ett underlag, inte en artikel."),
    ):
        lines = document(outputs, "brief").splitlines()
        assert banner in lines[2]


def test_the_label_is_there_in_both_languages(demo: Brief) -> None:
    assert demo.label == {"sv": "Underlag", "en": "Brief"}
    assert demo.banner["sv"] == (
        "Ingen språkmodell är ansluten. Detta är ett underlag, inte en artikel. "
        "Ingen text har skrivits åt dig."
    )


def test_nothing_in_a_brief_is_made_up_filling(finished: Outputs, demo_outputs: Outputs) -> None:
    for outputs in (finished, demo_outputs):
        for each in outputs[Stage.DONE]["documents"]:
            assert not FORBIDDEN.search(each["markdown"])


def test_a_brief_links_only_to_what_was_asked_for(finished: Outputs) -> None:
    asked = {
        url for each in finished[Stage.DONE]["sources"] for url in (each["url"], each["final_url"])
    }
    shown = re.findall(r"<(https?://[^>]+)>", document(finished, "brief"))
    assert shown
    assert set(shown) <= asked


def test_an_outline_gives_its_reasons(demo: Brief) -> None:
    assert [each.role for each in demo.outline] == ["hook", "core", "depth", "value", "resources"]
    assert demo.outline[0].topic == "luftvärmepump"
    for each in demo.outline:
        assert each.reasons
        assert each.pages_with_topic <= each.pages_read == 8
    assert 900 <= sum(each.words for each in demo.outline) <= 1200


def test_three_places_for_the_link_each_with_context(demo: Brief) -> None:
    assert [each.rank for each in demo.placements] == [1, 2, 3]
    assert len({(each.section, each.paragraph) for each in demo.placements}) == 3
    for each in demo.placements:
        assert 1 < each.section < len(demo.outline)
        assert each.sentences_before == 2
        assert len(each.terms) >= 3
        assert not set(each.terms) & {"välja", "luftvärmepump"}
        assert each.alternatives
        assert each.anchor.text == "välja luftvärmepump"


def test_titles_follow_the_publishers_forms(demo: Brief) -> None:
    assert len(demo.titles) == 3
    for title in demo.titles:
        assert "luftvärmepump" in title.text.lower()
        assert "hemochhushall.example" in title.reason


def test_questions_tell_asked_from_formed(demo: Brief) -> None:
    asked = [each for each in demo.questions if each.url]
    formed = [each for each in demo.questions if not each.url]
    assert "Hur länge håller en luftvärmepump?" in {each.text for each in asked}
    assert len(formed) == 3


def test_the_house_style_is_told_in_figures(demo: Brief) -> None:
    notes = " ".join(demo.style_notes)
    assert "LIX 27" in notes
    assert "du" in notes
    assert "konsumentmagasin" in notes


def test_what_the_piece_adds_stands_on_no_publisher_page(demo: Brief) -> None:
    assert any("kylmedium" in each for each in demo.adds)


def test_what_could_not_be_had_is_said_in_words(demo: Brief) -> None:
    text = " ".join(demo.missing)
    assert "SERP: inte hämtad" in text
    assert "Ingen språkmodell" in text
    assert "Förtroendekällor" in text


def test_a_skeleton_is_tasks_and_empty_paragraphs(demo_outputs: Outputs, demo: Brief) -> None:
    skeleton = from_json(Skeleton, demo_outputs[Stage.BRIEF]["skeleton"])
    assert [each.heading for each in skeleton.sections] == [each.heading for each in demo.outline]
    for section in skeleton.sections:
        assert section.prompts
        assert section.paragraphs
        assert not any(section.paragraphs)
    tasks = " ".join(prompt for each in skeleton.sections for prompt in each.prompts)
    assert "240 ord" in tasks
    assert "Använd uppgiften" in tasks
    assert "välja luftvärmepump" in tasks


@pytest.mark.parametrize(
    ("tone_page", "roles"),
    [
        ("<title>Uppsala universitet</title>", ["intro", "method", "implication", "resources"]),
        ("<title>Malmö kommun</title>", ["context", "recommendation", "how_to", "sources"]),
        ("<title>Anders blogg</title>", ["background", "case", "tips", "resources"]),
    ],
)
def test_the_outline_follows_the_publishers_tone(
    ports: Ports, publisher_site: Site, theory_url: str, tone_page: str, roles: list[str]
) -> None:
    publisher_site.page("/", f"<html lang='sv'>{tone_page}<p>Välkommen till oss alla.</p></html>")
    outputs = whole_run.run(Order("localhost", theory_url, "tidszoner"), ports)
    brief = from_json(Brief, outputs[Stage.BRIEF]["brief"])
    assert [each.role for each in brief.outline] == roles
    assert len(brief.placements) == 3
    assert len({(each.section, each.paragraph) for each in brief.placements}) == 3
    hard = any("Hård försäljning" in each for each in brief.out_of_scope)
    assert hard == (roles[-1] == "sources" or roles[0] == "intro")


def test_an_anchor_without_swaps_says_so(clock: Callable[[], datetime]) -> None:
    order = replace(DEMO, anchor_text="Värmebutiken", anchor_type=AnchorType.BRAND)
    outputs = whole_run.run(order, installed_ports(Outgoing(), clock))
    assert "Ingen ersättning är tillåten" in document(outputs, "brief")


def test_a_brief_for_an_unread_target_stands_on_the_publisher(
    clock: Callable[[], datetime],
) -> None:
    order = replace(DEMO, target_url="https://varmebutiken.example/borta")
    outputs = whole_run.run(order, installed_ports(Outgoing(), clock))
    brief = from_json(Brief, outputs[Stage.BRIEF]["brief"])
    assert outputs[Stage.DONE]["block_reason"] == "TARGET_HTTP"
    assert brief.subject == "välja luftvärmepump"
    assert any("Målsidan kunde inte läsas" in each for each in brief.missing)
    assert any("målsidan kunde inte läsas" in each for each in brief.adds)
    assert brief.quotes
    assert brief.queries.main is None


def test_both_languages_have_the_same_phrases_with_the_same_gaps() -> None:
    def flat(part: dict[str, Any], path: str = "") -> Iterator[tuple[str, frozenset[str]]]:
        for key, value in part.items():
            if isinstance(value, dict):
                yield from flat(value, f"{path}{key}.")
            else:
                gaps = frozenset(name for _, name, _, _ in string.Formatter().parse(value) if name)
                yield f"{path}{key}", gaps

    assert dict(flat(phrases("sv"))) == dict(flat(phrases("en")))


def test_a_publisher_without_articles_has_no_known_style(
    ports: Ports, publisher_site: Site, theory_url: str
) -> None:
    publisher_site.page("/", "<html lang='en'><title>Notes</title><p>1 2 3.</p></html>")
    outputs = whole_run.run(Order("localhost", theory_url, "time zones"), ports)
    brief = from_json(Brief, outputs[Stage.BRIEF]["brief"])
    assert brief.house_style is None
    assert any("No articles at localhost" in each for each in brief.missing)
    assert any("An about page" in each for each in brief.missing)
    assert any("chosen without a model" in each.reason for each in brief.titles)


def test_a_target_that_adds_nothing_says_so(
    ports: Ports, publisher_site: Site, target_site: Site
) -> None:
    html = "<html lang='en'><title>Roof tiles</title><h2>Roof tiles</h2><p>Roof tiles.</p></html>"
    publisher_site.page("/", html)
    outputs = whole_run.run(Order("localhost", target_site.page("/same", html), "tiles"), ports)
    (said,) = outputs[Stage.BRIEF]["brief"]["adds"]
    assert "needs an angle of its own" in said


def test_a_writer_that_is_there_is_not_missed(clock: Callable[[], datetime]) -> None:
    outputs = whole_run.run(
        DEMO, replace(installed_ports(Outgoing(), clock), writer=CannedWriter())
    )
    assert not any("språkmodell" in each for each in outputs[Stage.BRIEF]["brief"]["missing"])


def test_articles_without_words_have_no_measured_style(
    ports: Ports, publisher_site: Site, theory_url: str
) -> None:
    publisher_site.page("/", "<html lang='en'><p>Hi.</p><a href='/a-long-article'>Long one</a>")
    publisher_site.page("/a-long-article", "<html lang='en'><p>\u2026 ?!</p></html>")
    outputs = whole_run.run(Order("localhost", theory_url, "time zones"), ports)
    style = outputs[Stage.PROFILE]["publisher"]["style"]
    assert style["articles"] == 1
    assert style["lix_median"] is None
    assert style["sentence_words"] is None
