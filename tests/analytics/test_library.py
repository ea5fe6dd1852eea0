"""The library in figures, campaigns, the report on one, and what waits for a person."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest

from bacowr.accounts.models import User
from bacowr.analytics import library, overview, report, scope, tables
from bacowr.analytics.analysis import TABLES, Analysis
from bacowr.analytics.periods import Granularity, Period
from bacowr.analytics.scope import Wanted
from bacowr.analytics.tables import Column, Kind, Table
from bacowr.backlinks.placements import Placement
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.batches.models import Batch, BatchStatus, Decision, ReviewItem
from bacowr.engine.order import AnchorType
from bacowr.engine.watch.standing import WatchStatus
from bacowr.jobs.articles import versions
from bacowr.jobs.models import Job
from bacowr.jobs.states import JobStatus, SignoffStep
from bacowr.jobs.texts import Signoff
from bacowr.watch.models import LinkWatch
from tests.analytics.conftest import NewDeal, NewJob
from tests.plugins.application import NewUser
from tests.plugins.orders import Written

TODAY = clock.now().date()


def about(user: User, granularity: Granularity = Granularity.DAY, **wanted: str) -> Analysis:
    span = Period.last(30, today=clock.now().date())
    return Analysis(scope.of(user, Wanted(**wanted)), span, granularity)


@transaction
def watch(deal_id: str, owner: User, status: WatchStatus) -> None:
    db.session.add(LinkWatch(owner_id=owner.id, backlink_id=deal_id, status=status))


@pytest.fixture
def user(new_user: NewUser) -> User:
    return new_user()


def test_links_are_counted_by_where_they_are(user: User, new_deal: NewDeal) -> None:
    soon = TODAY + timedelta(days=9)
    live = new_deal(user, placement=Placement.PUBLISHED, expires_on=soon)
    new_deal(user, placement=Placement.LOST, publisher_domain="two.example")
    new_deal(user, expires_on=soon)
    watch(live.id, user, WatchStatus.FAULTY)
    found = about(user).health
    assert (found.total, found.live, found.lost, found.expiring) == (3, 1, 1, 1)
    assert found.watches == {WatchStatus.FAULTY: 1}
    narrowed = about(user, publisher="two.example").health
    assert (narrowed.total, narrowed.lost, narrowed.watches) == (1, 1, {})


def test_an_empty_library_is_all_zeros(user: User) -> None:
    found = about(user).health
    assert (found.total, found.live, found.lost, found.expiring) == (0, 0, 0, 0)
    assert library.campaigns(about(user).scope, about(user).counted) == []


def test_a_campaign_s_orders_are_those_that_its_deals_name(
    user: User, new_job: NewJob, new_deal: NewDeal
) -> None:
    job = new_job(user, cost=0.5)
    blocked = new_job(user, JobStatus.BLOCKED, cost=0.25)
    gone = new_job(user, cost=1.0, deleted_at=clock.now())
    old = new_job(user, at=clock.now() - timedelta(days=90), cost=8.0)
    for each in (job, job, blocked, gone, old):  # Two deals may name one order.
        new_deal(user, campaign="Spring", job_id=each.id, placement=Placement.PUBLISHED)
    new_deal(user, campaign="Autumn")
    spring, autumn = library.campaigns(about(user).scope, about(user).counted)
    assert (spring.name, spring.deals, spring.live) == ("Spring", 5, 5)
    found = spring.orders
    assert (found.orders, found.delivered, found.blocked) == (2, 1, 1)
    assert (found.mean_score, found.measured_usd, found.estimated_usd) == (75.0, 1.75, 0)
    assert (autumn.name, autumn.orders.orders, autumn.orders.blocked_rate) == ("Autumn", 0, None)
    new_deal(user, campaign="Spring", job_id=new_job(user).id)
    assert library.campaigns(about(user).scope, about(user).counted)[0].orders.orders == 3
    assert library.names(about(user).scope) == ["Autumn", "Spring"]


@pytest.mark.parametrize("granularity", Granularity)
def test_every_table_is_as_broad_as_its_heading(
    user: User, new_job: NewJob, new_deal: NewDeal, drafted: Written, granularity: Granularity
) -> None:
    drafted(user)
    for status in JobStatus:
        new_job(user, status, cost=0.5, writer=("anthropic", "claude"))
    new_deal(user, campaign="Spring", placement=Placement.PUBLISHED)
    it = about(user, granularity)
    for name in TABLES:
        table = it.table(name)
        assert table.name == name
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.columns)}


def test_parts_of_a_period_add_up_to_the_whole(user: User, new_job: NewJob) -> None:
    for days in (0, 6, 12, 25):
        new_job(user, at=clock.now() - timedelta(days=days), cost=0.25)
    new_job(user, JobStatus.PENDING)
    for granularity in Granularity:
        it = about(user, granularity)
        orders, costs = it.table("throughput"), it.table("costs")
        assert sum(int(row[1] or 0) for row in orders.rows) == 5
        assert sum(float(row[1] or 0) for row in costs.rows) == 1.0
        assert int(orders.rows[-1][-1] or 0) == 1  # Under way.


def test_a_table_taken_out_holds_no_formula() -> None:
    columns = (Column("what", "What", Kind.TEXT), Column("count", "Count"), Column("rate", "Rate"))
    rows = [("=1+1", 3, 1 / 3), ("plain", None, 0.0)]
    text = "".join(tables.as_csv(Table("t", "T", columns, rows)))
    read = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert read == [["what", "count", "rate"], ["'=1+1", "3", "0.333333"], ["plain", "", "0.0"]]


def test_a_report_tells_all_of_a_campaign(
    user: User, new_job: NewJob, new_deal: NewDeal, drafted: Written
) -> None:
    job = drafted(user)
    new_job(user, cost=4.0)  # Of no campaign.
    new_deal(
        user,
        campaign="Spring",
        job_id=job.id,
        placement=Placement.PUBLISHED,
        anchor_type=AnchorType.EXACT,
        expires_on=TODAY + timedelta(days=3),
        price_cents=150050,
        currency="SEK",
    )
    new_deal(user, campaign="Spring", publisher_domain="=evil.example")
    approve(job)
    told = report.of(about(user, campaign="Spring"))
    json.dumps(told)
    assert (told["campaign"], told["links"]["total"]) == ("Spring", 2)
    assert told["links"]["by_state"] == {"published": 1, "agreed": 1}
    assert told["links"]["by_type"] == {"unknown": 2}
    assert told["links"]["prices"] == {"SEK": 1500.5}
    assert [each["publisher"] for each in told["links"]["expiring_within_30_days"]] == [
        "publisher.example"
    ]
    assert told["anchors"]["mix"] == {"exact": 1, "unknown": 1}
    assert told["anchors"]["exact_share"] is None  # Too few to tell.
    assert told["orders"]["total"] == 1
    assert told["costs_usd"]["measured"] == 0
    assert [each["step"] for each in told["approvals"]] == ["facts"]


def test_a_report_as_csv_has_three_columns_and_no_formula(user: User, new_deal: NewDeal) -> None:
    new_deal(
        user,
        publisher_domain="=evil.example",
        placement=Placement.PUBLISHED,
        expires_on=TODAY,
    )
    for _ in range(20):
        new_deal(user, anchor_type=AnchorType.EXACT)
    told = report.of(about(user, publisher="=evil.example"))
    read = list(csv.reader(io.StringIO("".join(report.as_csv(told)).removeprefix("\ufeff"))))
    assert read[0] == ["section", "item", "value"]
    assert {len(row) for row in read} == {3}
    assert ["links", "expiring_within_30_days.1.publisher", "'=evil.example"] in read
    assert report.of(about(user))["anchors"]["exact_share"] == 1.0


def test_what_waits_and_what_runs_is_on_the_desk(
    user: User, new_user: NewUser, new_job: NewJob
) -> None:
    ready = new_batch(user, BatchStatus.READY_FOR_REVIEW)
    jobs = [new_job(user, batch_id=ready.id, batch_row=row) for row in range(3)]
    decide(ready, jobs[0], Decision.APPROVED)
    decide(ready, jobs[1], Decision.NEEDS_REGENERATION)
    running = new_batch(user, BatchStatus.PROCESSING)
    new_job(user, JobStatus.PENDING, batch_id=running.id, batch_row=0)
    new_batch(user, BatchStatus.COMPLETED)
    new_batch(new_user("stranger@example.org"), BatchStatus.PROCESSING)
    desk = overview.desk(user)
    assert [(each.batch.id, each.left) for each in desk.reviews] == [(ready.id, 2)]
    assert [each.batch.id for each in desk.running] == [running.id]
    assert desk.running[0].seconds_left is None
    new_job(user, batch_id=running.id, batch_row=1)
    assert overview.desk(user).running[0].seconds_left == 300


def test_a_paused_batch_tells_no_time(user: User, new_job: NewJob) -> None:
    paused = new_batch(user, BatchStatus.PAUSED)
    new_job(user, batch_id=paused.id, batch_row=0)
    assert overview.desk(user).running[0].seconds_left is None


def test_an_empty_desk_is_empty(user: User) -> None:
    assert overview.desk(user) == overview.Desk([], [])


def test_deleted_orders_are_not_among_the_latest(user: User, new_job: NewJob) -> None:
    shown = new_job(user)
    new_job(user, deleted_at=clock.now())
    assert db.session.scalars(overview.latest_orders(user)).all() == [shown]


@transaction
def new_batch(owner: User, status: BatchStatus) -> Batch:
    batch = Batch(owner_id=owner.id, name="Night", status=status)
    db.session.add(batch)
    db.session.flush()
    return batch


@transaction
def decide(batch: Batch, job: Job, decision: Decision) -> None:
    about = {"owner_id": batch.owner_id, "batch_id": batch.id, "job_id": job.id}
    db.session.add(ReviewItem(decision=decision, **about))


@transaction
def approve(job: Job) -> None:
    from_article = versions.latest(job)
    assert from_article is not None
    db.session.add(
        Signoff(
            job_id=job.id,
            document_id=from_article.id,
            step=SignoffStep.FACTS,
            text_sha256="0" * 64,
            signer="A <a@example.org>",
            answers={},
            evidence={},
        )
    )
