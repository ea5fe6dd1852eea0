"""An order through all its steps, on pages that no one here wrote."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from bacowr.base.http import Outgoing
from bacowr.engine import pipeline
from bacowr.engine.order import Order
from bacowr.engine.outcome import AbortCode, Aborted
from bacowr.engine.page.body import TEXT_CAP_CHARACTERS
from bacowr.engine.ports import (
    Fault,
    Page,
    Ports,
    Query,
    SearchHit,
    SearchResults,
    Source,
)
from bacowr.engine.providers.assembly import installed_ports
from bacowr.engine.shapes import Json
from bacowr.engine.steps import done
from bacowr.engine.steps.step import Outputs, Stage
from tests.plugins import whole_run
from tests.plugins.sites import Site

DEMO = Order(
    "hemochhushall.example",
    "https://varmebutiken.example/guider/valja-luftvarmepump",
    "välja luftvärmepump",
)


class Refusing:
    """A Fetch that must not be asked again."""

    def home_urls(self, domain: str) -> tuple[str, ...]:
        raise AssertionError(domain)

    def get(self, url: str) -> Page:
        raise AssertionError(url)


class Saved:
    """A Search with the same results for every query."""

    def __init__(self, *titles: str) -> None:
        self.titles = titles

    def results(self, query: Query) -> SearchResults:
        hits = (
            SearchHit(rank, f"https://r{rank}.example/", title)
            for rank, title in enumerate(self.titles, start=1)
        )
        return SearchResults(query, tuple(hits), provider="saved")


def result(outputs: Outputs) -> Json:
    return outputs[Stage.DONE]


def brief(outputs: Outputs) -> Json:
    return dict(outputs[Stage.BRIEF]["brief"])


def test_an_order_on_real_pages_is_delivered_with_a_brief(finished: Outputs) -> None:
    outputs = finished
    end = result(outputs)
    assert (end["status"], end["block_reason"], end["message"]) == ("delivered", None, None)
    assert [each["kind"] for each in end["documents"]] == ["brief", "skeleton"]
    assert not end["demo"]
    roles = [each["role"] for each in end["sources"] if each["fault"] is None]
    assert roles == ["target", "home", "about", *["article"] * 5]
    target = outputs[Stage.PROFILE]["target"]
    assert target["title"] == "Theory and pragmatics of the tz code and data"
    assert target["language"] == "en"
    assert "time zone" in target["excerpt"].lower()
    publisher = outputs[Stage.PROFILE]["publisher"]
    assert "technology" in publisher["topics"]
    assert publisher["style"]["articles"] == 5
    assert outputs[Stage.PROFILE]["anchor"]["type"] == "partial"
    assert outputs[Stage.INTENT]["bridge"]["basis"] == "overlap_only"


def test_the_steps_stand_in_the_order_of_the_stages() -> None:
    assert [each.name for each in pipeline.STEPS] == list(Stage)


def test_every_output_is_json_and_as_good_read_back(
    finished: Outputs, order: Order, ports: Ports
) -> None:
    kept: dict[str, Json] = {}
    for step in pipeline.STEPS:
        kept[step.name] = json.loads(json.dumps(step.run(order, kept, ports)))
    assert kept == json.loads(json.dumps(finished))


@pytest.mark.parametrize("count", range(2, len(Stage)))
def test_finished_steps_are_not_repeated_and_the_rest_comes_out_the_same(
    finished: Outputs, order: Order, ports: Ports, count: int
) -> None:
    kept = {stage.value: finished[stage] for stage in list(Stage)[:count]}
    told: list[Stage] = []
    offline = replace(ports, fetch=Refusing())
    again = whole_run.run(order, offline, kept, lambda stage, _: told.append(stage))
    assert told == list(Stage)[count:]
    assert again == finished


@pytest.mark.parametrize("place", range(2, len(Stage) - 1))
def test_a_step_without_what_it_needs_is_aborted(
    small_order: Order, ports: Ports, place: int
) -> None:
    with pytest.raises(Aborted) as caught:
        pipeline.STEPS[place].run(small_order, {}, ports)
    assert caught.value.code is AbortCode.STEP_MISSING
    assert "has not been carried out" in caught.value.message


@pytest.mark.parametrize(("status", "html"), [(404, "gone"), (500, "oops"), (403, "no"), (204, "")])
def test_a_target_other_than_200_blocks_and_keeps_the_brief(
    small_order: Order, ports: Ports, target_site: Site, status: int, html: str
) -> None:
    url = target_site.page("/bad", html, status=status)
    outputs = whole_run.run(replace(small_order, target_url=url), ports)
    end = result(outputs)
    assert (end["status"], end["block_reason"]) == ("blocked", "TARGET_HTTP")
    assert str(status) in end["message"]
    assert len(end["documents"]) == 2
    assert any(str(status) in each for each in end["missing"])
    assert brief(outputs)["outline"]
    assert len(brief(outputs)["placements"]) == 3


def test_a_target_that_cannot_be_reached_blocks(small_order: Order, ports: Ports) -> None:
    outputs = whole_run.run(replace(small_order, target_url="http://127.0.0.1/secret"), ports)
    assert result(outputs)["block_reason"] == "TARGET_HTTP"


def test_a_target_closed_to_robots_does_not_count_as_gone(
    small_order: Order, ports: Ports, target_site: Site
) -> None:
    target_site.page("/robots.txt", "User-agent: *\nDisallow: /", content_type="text/plain")
    end = result(whole_run.run(small_order, ports))
    assert end["status"] == "delivered"
    assert any("robots.txt" in each for each in end["missing"])


def test_without_any_usable_page_the_order_is_blocked_for_want_of_sources(
    ports: Ports, target_site: Site
) -> None:
    url = target_site.page("/file", "%PDF", content_type="application/pdf")
    outputs = whole_run.run(Order("localhost", url, "en rapport"), ports)
    end = result(outputs)
    assert (end["status"], end["block_reason"]) == ("blocked", "BLOCKED_NO_SOURCES")
    assert brief(outputs)["quotes"] == []
    assert brief(outputs)["facts"] == []
    assert len(end["documents"]) == 2


def test_an_unread_publisher_is_told_in_words(ports: Ports, theory_url: str) -> None:
    outputs = whole_run.run(Order("localhost", theory_url, "time zones", language="en"), ports)
    assert result(outputs)["status"] == "delivered"
    assert any("nothing is assumed" in each for each in brief(outputs)["missing"])
    assert outputs[Stage.PROFILE]["publisher"]["available"] is False


def test_a_page_without_text_is_not_counted_as_read(
    small_order: Order, ports: Ports, target_site: Site
) -> None:
    url = target_site.page("/empty", "<html><body><script>render()</script></body></html>")
    outputs = whole_run.run(replace(small_order, target_url=url), ports)
    assert outputs[Stage.FETCH]["target"] is None
    assert outputs[Stage.FETCH]["ledger"][0]["fault"] == "empty"


def test_a_cut_page_is_told_in_words(small_order: Order, ports: Ports, target_site: Site) -> None:
    body = "".join(
        f"<p>Sentence number {n} is long enough to be kept as text.</p>" for n in range(2000)
    )
    url = target_site.page("/long", f"<main>{body}</main>")
    outputs = whole_run.run(replace(small_order, target_url=url, language="en"), ports)
    assert any(f"{TEXT_CAP_CHARACTERS:,}" in each for each in brief(outputs)["missing"])


def test_a_broken_article_is_passed_over(
    ports: Ports, publisher_site: Site, theory_url: str
) -> None:
    links = "".join(
        f'<a href="/artikel-nummer-{n}">Artikel nummer {n} om tak</a>' for n in range(9)
    )
    site = publisher_site
    site.page("/", f"<html lang='sv'><p>Välkommen hit.</p>{links}</html>")
    for n in (1, 2, 4, 5, 6, 7, 8):
        site.page(f"/artikel-nummer-{n}", f"<title>Tak {n}</title><p>Text nummer {n}.</p>")
    outputs = whole_run.run(Order("localhost", theory_url, "tid"), ports)
    read = [each["source"]["final_url"][-1] for each in outputs[Stage.FETCH]["articles"]]
    assert read == ["1", "2", "4", "5", "6"]


def test_links_to_authorities_are_read_as_trust_candidates(
    small_order: Order, ports: Ports, target_site: Site
) -> None:
    class WithAuthority:
        def home_urls(self, domain: str) -> tuple[str, ...]:
            return ports.fetch.home_urls(domain)

        def get(self, url: str) -> Page:
            if "konsumentverket.se" not in url:
                return ports.fetch.get(url)
            page = ports.fetch.get(small_order.target_url)
            return Page(replace(page.source, url=url, final_url=url), page.html)

    html = '<p>Läs hos <a href="https://www.konsumentverket.se/tid">Konsumentverket</a>.</p>'
    url = target_site.page("/linking", html)
    outputs = whole_run.run(
        replace(small_order, target_url=url), replace(ports, fetch=WithAuthority())
    )
    (candidate,) = brief(outputs)["trust"]
    assert (candidate["tier"], candidate["url"]) == ("T1", "https://www.konsumentverket.se/tid")


def test_search_results_decide_intents_when_there_are_any(order: Order, ports: Ports) -> None:
    search = Saved(*["Guide: how the tz database works"] * 10)
    outputs = whole_run.run(order, replace(ports, search=search))
    alignment = outputs[Stage.INTENT]["alignment"]
    assert alignment["serp"] == "info_primary"
    assert alignment["overall"] != "unknown"
    assert outputs[Stage.INTENT]["bridge"]["basis"] == "overlap_and_intent"
    assert outputs[Stage.SERP]["findings"]["fetched"]
    assert not any("SERP" in each for each in brief(outputs)["missing"])
    reasons = [reason for each in brief(outputs)["outline"] for reason in each["reasons"]]
    assert any("search results" in each for each in reasons)


def test_three_sides_that_miss_the_search_block(ports: Ports) -> None:
    search = Saved(*["Officiell hemsida"] * 10)
    demo = installed_ports(Outgoing(), ports.clock)
    order = replace(DEMO, anchor_text="köpa pump")
    outputs = whole_run.run(order, replace(demo, search=search))
    alignment = outputs[Stage.INTENT]["alignment"]
    assert alignment["serp"] == "navigational_brand"
    assert result(outputs)["block_reason"] == "INTENT_OFF"


def test_the_first_shut_gate_gives_the_reason() -> None:
    late = {"blocked": {"reason": "INTENT_OFF", "message": "b"}}
    early = {"blocked": {"reason": "TARGET_HTTP", "message": "a"}}
    block = done.first_block({Stage.INTENT: late, Stage.FETCH: early})
    assert block is not None
    assert (block.reason, block.message) == ("TARGET_HTTP", "a")
    assert done.first_block({Stage.FETCH: {"blocked": None}, Stage.SERP: {}}) is None


def test_the_demo_order_needs_no_network_and_is_marked(
    clock: Callable[[], datetime],
) -> None:
    ports = installed_ports(Outgoing(), clock)
    outputs = whole_run.run(DEMO, ports)
    end = result(outputs)
    assert end["status"] == "delivered"
    assert end["demo"]
    for document in end["documents"]:
        assert document["demo"]
        assert document["file_name"].startswith("demo-")
        assert "DEMO" in document["markdown"]
    assert {each["origin"] for each in end["sources"]} == {"demo"}


@pytest.mark.parametrize(
    ("fault", "asked"), [(Fault.UNREACHABLE, 3), (Fault.ADDRESS, 3), (Fault.ROBOTS, 1)]
)
def test_a_front_page_is_looked_for_elsewhere_only_when_nobody_answers(
    ports: Ports, fault: Fault, asked: int
) -> None:
    class Absent:
        def home_urls(self, domain: str) -> tuple[str, ...]:
            return (f"https://{domain}/", f"https://www.{domain}/", f"http://{domain}/")

        def get(self, url: str) -> Page:
            return Page(Source(url, url, "", fault=fault, reason="No."))

    outputs = whole_run.run(Order("site.se", "https://a.se/", "x"), replace(ports, fetch=Absent()))
    roles = [each["role"] for each in outputs[Stage.FETCH]["ledger"]]
    assert roles.count("home") == asked
    assert any("gissat" in each for each in outputs[Stage.BRIEF]["brief"]["missing"])
