"""The page of figures: what can be asked for, its charts, and its tables to take out."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bacowr.accounts.models import User
from bacowr.accounts.usage import CostSource, UsageEntry
from bacowr.analytics.analysis import TABLES
from bacowr.analytics.tables import Column, Kind, Table
from bacowr.backlinks.models import Backlink
from bacowr.base import clock
from bacowr.base.types import new_id
from bacowr.jobs.models import Job
from bacowr.jobs.states import JobStatus, QcStatus
from bacowr.web import charts, figures
from bacowr.web.charts import Chart, Drawing, Series
from tests.web.conftest import Browser, NewBrowser
from tests.web.test_overview import order, store, words


def measured(owner: User, cost: float, **more: Any) -> Job:  # noqa: ANN401 - columns.
    money = {"actual_cost_usd": cost, "cost_source": CostSource.MEASURED}
    checks = {"qc_status": QcStatus.PASS, "qc_score": 91.0}
    values: dict[str, Any] = money | checks | more
    return order(owner, **values)


def deal(owner: User, **more: object) -> Backlink:
    about = {
        "publisher_domain": "publisher.test",
        "target_url": "https://target.test/",
        "anchor_text": "x",
        "match_key": new_id(),
    }
    made = Backlink(id=new_id(), owner_id=owner.id, **(about | more))
    store(made)
    return made


def rows(browser: Browser, path: str) -> list[list[str]]:
    answer = browser.get(path)
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_an_empty_page_says_so(browser: Browser) -> None:
    page = browser.get("/analytics").text
    assert "0 orders placed" in page
    assert "Nothing in this period." in page
    assert "Nothing was blocked." in page
    assert "No deal of the library names a campaign." in page
    assert '<svg class="chart-plot"' not in page


def test_figures_charts_and_tables_stand_on_one_page(browser: Browser, editor: User) -> None:
    job = measured(editor, 0.5)
    store(
        UsageEntry(
            owner_id=editor.id,
            job_id=job.id,
            provider="anthropic",
            model="claude",
            cost_source=CostSource.MEASURED,
        )
    )
    order(editor, JobStatus.BLOCKED, block_reason="TARGET_HTTP")
    deal(editor, campaign="Spring", job_id=job.id)
    page = browser.get("/analytics").text
    assert "2 orders placed" in page
    for said in ("Orders per day", "Costs per day", "Scores of articles"):
        assert re.search(rf"<title [^>]*>{said}</title>", page)
    assert "anthropic · claude" in page
    assert "Target can&#39;t be read" in page
    assert "Spring" in page
    assert "style=" not in page
    assert "<script>" not in page


@pytest.mark.parametrize(
    ("query", "title", "columns"),
    [
        ("", "Orders per day", 30),
        ("?days=7", "Orders per day", 7),
        ("?days=90", "Orders per week", None),
        ("?days=365", "Orders per month", None),
        ("?days=365&by=day", "Orders per day", 365),
        ("?days=8&by=hour", "Orders per day", 30),
        ("?since=2026-01-01&until=2026-01-05", "Orders per day", 5),
        ("?since=2026-01-05&until=2026-01-01", "Orders per day", 30),
        ("?since=0001-01-01&until=0001-01-02", "Orders per day", 30),
    ],
)
def test_a_period_is_shown_in_parts_that_fit(
    browser: Browser, editor: User, query: str, title: str, columns: int | None
) -> None:
    order(editor)
    order(editor, created_at=clock.now().fromisoformat("2026-01-02T12:00:00+00:00"))
    page = browser.get(f"/analytics{query}").text
    assert f">{title}</title>" in page
    if columns is not None:
        orders = page.split('id="throughput-head"')[1].split("</section>")[0]
        assert orders.count('class="chart-column"') == columns


def test_orders_are_narrowed_and_the_choice_stays(browser: Browser, editor: User) -> None:
    job = order(editor, publisher_domain="one.example", llm_provider="openai")
    order(editor)
    deal(editor, campaign="Spring & Co", job_id=job.id)
    for query in ("publisher=ONE.example", "provider=openai", "campaign=Spring+%26+Co"):
        page = browser.get(f"/analytics?{query}").text
        assert "1 order placed" in page
        assert ">Everything</a>" in page
    assert "<option selected>Spring &amp; Co</option>" in page
    assert "throughput.csv?days=30&amp;campaign=Spring+%26+Co" in page
    assert "2 orders placed" in browser.get("/analytics?provider=nobody").text


@pytest.mark.parametrize("name", TABLES)
def test_every_table_can_be_taken_out(browser: Browser, editor: User, name: str) -> None:
    measured(editor, 0.5)
    found = rows(browser, f"/analytics/{name}.csv")
    assert {len(row) for row in found} == {len(found[0])}


def test_what_is_taken_out_is_what_is_shown(browser: Browser, editor: User) -> None:
    measured(editor, 0.5, publisher_domain="one.example")
    measured(editor, 0.25, publisher_domain="one.example")
    found = rows(browser, "/analytics/publishers.csv?days=7")
    assert found[0][0] == "publisher"
    assert found[1] == ["one.example", "2", "2", "0.0", "91.0", "0.75", "0.0", "0"]
    assert "$0.75" in browser.get("/analytics").text


def test_there_is_no_other_table(browser: Browser) -> None:
    assert browser.get("/analytics/users.csv").status_code == 404


def test_a_campaign_s_name_is_no_formula(browser: Browser, editor: User) -> None:
    deal(editor, campaign="=SUM(A1)")
    assert rows(browser, "/analytics/campaigns.csv")[1][0] == "'=SUM(A1)"


def test_a_report_can_be_taken_out_in_both_forms(browser: Browser, editor: User) -> None:
    deal(editor, campaign="Spring")
    told = json.loads(browser.get("/analytics/report.json?campaign=Spring").text)
    assert (told["campaign"], told["links"]["total"]) == ("Spring", 1)
    assert ["links", "total", "1"] in rows(browser, "/analytics/report.csv?campaign=Spring")


def test_other_people_s_orders_are_not_counted(editor: User, new_browser: NewBrowser) -> None:
    measured(editor, 0.5)
    deal(editor, campaign="Spring")
    other = new_browser("other@example.org")
    page = other.get("/analytics").text
    assert "0 orders placed" in page
    assert "Spring" not in page
    assert json.loads(other.get("/analytics/report.json").text)["links"]["total"] == 0


def test_a_long_table_says_that_there_is_more(browser: Browser, editor: User) -> None:
    for number in range(16):
        order(editor, publisher_domain=f"site-{number:02}.example")
    page = browser.get("/analytics").text
    assert "The first 15 of 16; the CSV has them all." in words(page)
    assert "site-15.example" not in page
    assert len(rows(browser, "/analytics/publishers.csv")) == 17


@given(st.floats(0.001, 1e7), st.booleans())
def test_an_axis_reaches_beyond_the_highest_value_at_even_steps(
    highest: float,
    is_whole: bool,  # noqa: FBT001 - drawn.
) -> None:
    ticks = charts.scale(highest, is_whole=is_whole)
    assert ticks[0] == 0
    assert ticks[-1] >= highest * (1 - 1e-6)
    assert 2 <= len(ticks) <= 6
    steps = [after - before for before, after in itertools.pairwise(ticks)]
    assert max(steps) == pytest.approx(min(steps))
    assert not is_whole or all(each == int(each) for each in ticks)


def test_an_axis_without_values_stands_all_the_same() -> None:
    assert charts.scale(0, is_whole=True) == [0.0, 1.0]


def drawn(*series: list[float]) -> Chart:
    count = len(series[0])
    named = [Series(f"kind {number}", "a", values) for number, values in enumerate(series)]
    labels = [f"day {number}" for number in range(count)]
    return charts.columns(Drawing("c", "C", labels, named, figures.count))


values = st.lists(st.integers(0, 10**6).map(float), min_size=1, max_size=40)


@given(values.flatmap(lambda one: st.tuples(st.just(one), st.permutations(one))))
def test_pieces_stay_in_the_drawing_and_follow_their_values(
    both: tuple[list[float], list[float]],
) -> None:
    chart = drawn(*both)
    for number, column in enumerate(chart.columns):
        amounts = [each[number] for each in both if each[number]]
        assert len(column.pieces) == len(amounts)
        for piece in column.pieces:
            assert 0 <= piece.y <= chart.height
            assert column.x <= piece.x
            assert piece.x + piece.width <= column.x + chart.slot
    assert chart.is_empty is not any(map(any, both))


def test_a_chart_says_in_words_what_it_shows() -> None:
    chart = drawn([1.0, 4.0, 0.0], [0.0, 2.0, 0.0])
    assert chart.summary == ("3 columns from day 0 to day 2; 7 in all, the most at day 1 with 6.")
    assert [each.title for each in chart.columns] == [
        "day 0: 1 kind 0",
        "day 1: 4 kind 0, 2 kind 1",
        "day 2: nothing",
    ]
    assert drawn([0.0]).summary == "Nothing in this period."
    assert drawn([1.0] * 9).marks == ["day 0", "day 2", "day 4", "day 6", "day 8"]


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        (None, Kind.COUNT, figures.NONE),
        (12345, Kind.COUNT, "12,345"),
        (0.001, Kind.SHARE, "< 1 %"),
        (0.256, Kind.SHARE, "26 %"),
        (0.0042, Kind.USD, "$0.0042"),
        (1234.5, Kind.USD, "$1,234.50"),
        (88.4, Kind.SCORE, "88"),
        (42.0, Kind.SECONDS, "42 s"),
        (600.0, Kind.SECONDS, "10 min"),
        (9000.0, Kind.SECONDS, "2.5 h"),
        (200000.0, Kind.SECONDS, "2.3 days"),
    ],
)
def test_figures_are_written_for_people(value: float | None, kind: Kind, said: str) -> None:
    table = Table("any", "Any", (Column("what", "What", kind),), ())
    assert figures.show(table, 0, value) == said


def test_codes_and_days_are_written_in_words() -> None:
    table = Table("reasons", "R", (Column("reason", "Reason", Kind.TEXT),), ())
    assert figures.show(table, 0, "QC_BLOCKED") == "Checks found what must be mended"
    assert figures.show(table, 0, "SOMETHING_ELSE") == "SOMETHING_ELSE"
    table = Table("costs", "C", (Column("from", "From", Kind.TEXT),), ())
    day = date(2026, 11, 2)
    assert figures.show(table, 0, (day + timedelta(days=1)).isoformat()) == "3 Nov 2026"
    assert (figures.axis_usd(20.0), figures.axis_usd(2.5)) == ("$20", "$2.50")
