"""A sheet that is looked over: faults, repairs, duplicates, budgets and price."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.accounts import quotas
from bacowr.accounts.models import User
from bacowr.backlinks.matching import match_key
from bacowr.backlinks.models import Backlink
from bacowr.base import clock
from bacowr.base.db import db
from bacowr.base.errors import Conflict, Invalid, QuotaSpent
from bacowr.batches import budget, importing, scheduling, service
from bacowr.batches.budget import Link
from bacowr.batches.examining import Examined
from bacowr.batches.service import Plan
from bacowr.engine.order import AnchorType
from bacowr.intake import service as intake
from bacowr.intake.models import ImportRun
from bacowr.jobs.models import Job
from bacowr.jobs.money import caps
from bacowr.jobs.spending import CapScope
from tests.batches.conftest import NewBatch
from tests.plugins.orders import equipped

HEADINGS = "publisher,target_url,anchor,language,strategy\n"
FAULTS = {
    "publisher": ["", "http://", "two words.se", "site.se:8080", "localhost", "127.0.0.1"],
    "target_url": ["", "ftp://a.se/x", "https://u:p@a.se/", "https://localhost/x", "nonsense!"],
    "anchor": ["", "a\u200bb"],
    "language": ["xx", "svenska", "12"],
    "strategy": ["sometimes", "singel_shot", "multi", "none"],
}


def bring(rows: str, owner: User) -> ImportRun:
    return importing.bring(rows, "orders.csv", owner=owner)[0]


def look(app: Flask, run: ImportRun, owner: User) -> Examined:
    return importing.look(run, owner=owner, equipment=equipped(app))


def good(number: int) -> list[str]:
    return [f"p{number}.se", f"https://shop.se/{number}", f"anchor {number}", "sv", "single_shot"]


def test_every_one_of_twenty_faults_in_two_hundred_rows_is_named(app: Flask, owner: User) -> None:
    rows, seeded = [good(number) for number in range(200)], {}
    faults = [(column, value) for column, values in FAULTS.items() for value in values]
    assert len(faults) == 20
    for at, (column, value) in enumerate(faults):
        rows[at * 9][list(FAULTS).index(column)] = value
        seeded[at * 9 + 2] = column
    text = HEADINGS + "".join(",".join(row) + "\n" for row in rows)
    found = look(app, bring(text, owner), owner)
    named = {
        fault.row: fault.column for each in found.rows for fault in each.line.faults if fault.fix
    }
    assert named == seeded
    assert len(found.taken) == 180


def test_the_estimate_is_what_the_rows_cost_together(app: Flask, owner: User) -> None:
    text = HEADINGS + "".join(",".join(good(number)) + "\n" for number in range(10))
    found = look(app, bring(text, owner), owner)
    each = found.rows[0].cost_usd
    assert each
    assert found.cost_usd == pytest.approx(10 * each)
    assert found.seconds_each > 10


def test_close_words_are_offered(app: Flask, owner: User) -> None:
    row = ["p.se", "https://shop.se/", "anchor", "sv", "singel_shot"]
    found = look(app, bring(HEADINGS + ",".join(row) + "\n", owner), owner)
    assert found.rows[0].line.faults[0].fix == "Did you mean single_shot?"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("https://www.site.se/post,https:/a.se/x,b,SE,", ("site.se", "https://a.se/x", "sv")),
        ("räv.se,a.se/x,b,ENG,", ("xn--rv-via.se", "https://a.se/x", "en")),
        ("WWW.Site.SE,HTTPS://A.se,b,,", ("site.se", "https://a.se/", None)),
    ],
)
def test_small_slips_are_mended_and_told(
    app: Flask, owner: User, row: str, expected: tuple[str, str, str | None]
) -> None:
    line = look(app, bring(HEADINGS + row + "\n", owner), owner).rows[0].line
    assert line.order
    order = line.order
    assert (order.publisher_domain, order.target_url, order.language) == expected
    if "WWW" not in row:
        assert line.repairs


def test_links_of_the_library_and_orders_under_way_are_duplicates(
    app: Flask, owner: User, new_batch: NewBatch
) -> None:
    _known_link(owner, "p.se", "https://shop.se/a?utm_medium=x", "blue shoes")
    new_batch(1)
    text = (
        HEADINGS
        + "p.se,https://www.shop.se/a/,blue shoes,,\n"
        + "publisher.example,https://target.example/page,anchor 2,,\n"
        + "p.se,https://shop.se/a,red shoes,,\n"
        + "p.se,https://shop.se/a,red shoes,,\n"
    )
    run = bring(text, owner)
    found = look(app, run, owner)
    assert [each.same_as for each in found.rows] == [
        "The library has this link.",
        "An order under way is the same.",
        None,
        "Row 4 is the same.",
    ]
    assert [each.line.number for each in found.taken] == [4]
    intake.choose(run, [2], intake.TAKE)
    intake.choose(run, [4], intake.SKIP)
    assert [each.line.number for each in look(app, run, owner).taken] == [2]


def _known_link(owner: User, publisher: str, target: str, anchor: str) -> None:
    db.session.add(
        Backlink(
            owner_id=owner.id,
            publisher_domain=publisher,
            target_url=target,
            anchor_text=anchor,
            match_key=match_key(None, publisher, target, anchor),
        )
    )
    db.session.commit()


def test_an_overdrawn_anchor_budget_is_told_with_two_others(app: Flask, owner: User) -> None:
    target = "https://acme.se/running-shoes.html"
    for number in range(18):
        _known_link(owner, f"p{number}.se", target, f"see number {number} of them")
    _known_link(owner, "q.se", target, "running shoes")
    found = look(app, bring(f"{HEADINGS}new.se,{target},running shoes,en,\n", owner), owner)
    warning = found.rows[0].warning
    assert warning
    assert "2 of 20 known links to this target (10 %)" in warning
    assert "5 % is the budget (industry custom, not a Google number)" in warning
    assert warning.count("“") == 2
    assert found.rows[0].is_taken, "A warning forbids nothing."


@pytest.mark.parametrize(
    ("anchor", "said", "is_exact"),
    [
        ("Löpar skor", None, True),
        ("skor", None, True),
        ("bästa skorna", None, False),
        ("acme", None, False),
        ("https://acme.se/", None, False),
        ("whatever", AnchorType.EXACT, True),
        ("löpar skor", AnchorType.PARTIAL, False),
    ],
)
def test_exact_is_what_the_address_says(
    anchor: str, said: AnchorType | None, *, is_exact: bool
) -> None:
    link = Link("https://acme.se/x/lopar-skor.html", anchor, said)
    assert budget.is_exact(link) is is_exact
    assert not budget.is_exact(Link("https://acme.se/", "löpar skor"))


def test_few_links_have_no_budget_yet() -> None:
    links = [Link("https://a.se/shoes", "shoes")] * 19
    assert not budget.overdrawn(links, links, "sv")
    assert budget.overdrawn([*links, links[0]], links, "sv")


def test_a_sheet_is_started_once_even_by_two(app: Flask, owner: User) -> None:
    run = bring(HEADINGS + ",".join(good(1)) + "\n", owner)
    batch = importing.start(run, Plan("One"), owner=owner, equipment=equipped(app))
    with pytest.raises(Conflict):
        importing.start(run, Plan("Two"), owner=owner, equipment=equipped(app))
    with pytest.raises(Conflict):
        intake.choose(run, [2], intake.SKIP)
    again, is_known = importing.bring(
        HEADINGS + ",".join(good(1)) + "\n", "renamed.csv", owner=owner
    )
    assert (again.id, is_known) == (run.id, True)
    service.cancel(batch, by=owner)
    again, is_known = importing.bring(HEADINGS + ",".join(good(1)) + "\n", "x.csv", owner=owner)
    assert (again.id == run.id, is_known) == (False, False)


def test_nothing_that_can_be_taken_starts_nothing(app: Flask, owner: User) -> None:
    run = bring(HEADINGS + ",,,,x\n", owner)
    with pytest.raises(Invalid) as refused:
        importing.start(run, Plan("None"), owner=owner, equipment=equipped(app))
    assert "rows" in refused.value.fields
    assert run.outcome_id is None


def test_settings_hold_where_a_row_says_nothing(app: Flask, owner: User) -> None:
    run = bring(
        "publisher,target,anchor,country\np.se,https://a.se/,b,\np.se,https://a.se/c,b,UK\n", owner
    )
    intake.change(run, {}, {"country": "no", "brief_only": "true"})
    found = look(app, run, owner)
    orders = [each.line.order for each in found.rows if each.line.order]
    assert [(each.country, each.brief_only) for each in orders] == [("no", True), ("gb", True)]
    assert found.cost_usd == 0.0


def test_tonight_is_by_the_clock_of_the_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 7, 1, 21, 30, tzinfo=UTC))
    assert scheduling.moment("tonight") == datetime(2026, 7, 2, 21, tzinfo=UTC)
    assert scheduling.moment("tonight", "Europe/London") == datetime(2026, 7, 1, 22, tzinfo=UTC)
    assert scheduling.moment("2026-12-24T23:00") == datetime(2026, 12, 24, 22, tzinfo=UTC)
    assert scheduling.local(clock.now(), None).hour == 23
    for text in ("2026-07-01", "soon", (clock.now() + timedelta(days=400)).isoformat()):
        with pytest.raises(Invalid):
            scheduling.moment(text)


def test_the_cap_of_a_batch_counts_beside_the_teams(
    app: Flask, owner: User, new_batch: NewBatch
) -> None:
    del app, owner
    batch = new_batch(1)
    job = db.session.scalars(sa.select(Job)).one()

    def limit(team: float | None) -> float | None:
        found = caps.standings(job, {CapScope.BATCH: team})
        return next(each.limit_usd for each in found if each.scope is CapScope.BATCH)

    assert (limit(None), limit(5.0)) == (None, 5.0)
    caps.set_cap_of_batch(batch.id, 2.0)
    assert (limit(None), limit(5.0), limit(1.0)) == (2.0, 2.0, 1.0)


def test_a_batch_costs_the_quota_what_it_orders(
    app: Flask, owner: User, new_batch: NewBatch
) -> None:
    del app
    quotas.set_limits(owner, jobs=3, by=None)
    new_batch(2)
    with pytest.raises(QuotaSpent):
        new_batch(2)
    new_batch(1)
