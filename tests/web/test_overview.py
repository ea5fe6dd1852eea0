"""The overview: what waits for a person, what runs, and the last 30 days."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.accounts.usage import CostSource
from bacowr.backlinks.models import Backlink
from bacowr.backlinks.placements import Placement
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.types import new_id
from bacowr.batches.models import Batch, BatchStatus
from bacowr.engine.order import Order
from bacowr.engine.watch.standing import WatchStatus
from bacowr.jobs.models import Job
from bacowr.jobs.states import JobStatus
from bacowr.watch.models import LinkWatch
from tests.web.conftest import Browser, NewBrowser


@transaction
def store(*rows: object) -> None:
    for row in rows:
        db.session.add(row)
        db.session.flush()


def order(owner: User, status: JobStatus = JobStatus.DELIVERED, **more: Any) -> Job:  # noqa: ANN401 - columns.
    values = asdict(Order("publisher.test", "http://target.test:8099/page", "en bra läsning"))
    ended = None if status is JobStatus.PENDING else clock.now()
    job = Job(id=new_id(), owner_id=owner.id, status=status, finished_at=ended, **(values | more))
    store(job)
    return job


def blocked(owner: User, reason: str) -> Job:
    return order(owner, JobStatus.BLOCKED, block_reason=reason)


def words(page: str) -> str:
    """Return what a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_front_page_is_the_overview(browser: Browser) -> None:
    answer = browser.get("/", follow_redirects=True)
    assert answer.request.path == "/overview"
    assert '<a href="/overview" aria-current="page">' in answer.text


def test_a_stranger_is_sent_to_sign_in(stranger: Browser) -> None:
    assert stranger.get("/overview").location.startswith("/sign-in")


def test_a_new_person_is_shown_how_to_begin(browser: Browser) -> None:
    page = browser.get("/overview").text
    assert "Your first brief is three fields away" in page
    assert 'action="/jobs/sample"' in page
    assert "Waits for you" not in page


def test_a_viewer_is_told_who_can_begin(new_browser: NewBrowser) -> None:
    page = new_browser("viewer@example.org", role=Role.VIEWER).get("/overview").text
    assert "An editor can place them." in page
    assert "/jobs/sample" not in page


def test_what_waits_is_told_with_the_way_there(browser: Browser, editor: User) -> None:
    batch = Batch(owner_id=editor.id, name="Tonight", status=BatchStatus.READY_FOR_REVIEW)
    store(batch)
    order(editor, batch_id=batch.id, batch_row=0)
    for reason in ("NEEDS_SIGNOFF", "NEEDS_SIGNOFF", "QC_BLOCKED"):
        blocked(editor, reason)
    order(editor, JobStatus.ABORTED, error_code="X", error_message="It failed.")
    page = browser.get("/overview").text
    said = words(page)
    assert "1 to review Tonight" in said
    assert "2 to sign" in said
    assert "1 blocked" in said
    assert "1 failed" in said
    assert f'href="/batches/{batch.id}/review"' in page
    assert 'href="/jobs?status=blocked"' in page
    assert "expire" not in said


def test_links_at_fault_and_about_to_expire_are_told(browser: Browser, editor: User) -> None:
    deal = Backlink(
        id=new_id(),
        owner_id=editor.id,
        placement=Placement.PUBLISHED,
        publisher_domain="publisher.test",
        target_url="https://target.test/",
        anchor_text="x",
        match_key="k",
        expires_on=clock.now().date() + timedelta(days=2),
    )
    store(deal, LinkWatch(owner_id=editor.id, backlink_id=deal.id, status=WatchStatus.FAULTY))
    page = browser.get("/overview").text
    assert "1 link at fault" in words(page)
    assert "1 link expires" in words(page)
    assert "Published links" in page
    assert "Latest orders" not in page


def test_nothing_waits_when_all_is_decided(browser: Browser, editor: User) -> None:
    order(editor)
    assert "Nothing. All that is here was decided on." in browser.get("/overview").text


def test_batches_under_way_tell_how_far_they_are(browser: Browser, editor: User) -> None:
    batch = Batch(owner_id=editor.id, name="Tonight", status=BatchStatus.PROCESSING)
    store(batch)
    began = clock.now() - timedelta(minutes=10)
    order(editor, batch_id=batch.id, batch_row=0, started_at=began)
    order(editor, JobStatus.PENDING, batch_id=batch.id, batch_row=1)
    page = browser.get("/overview").text
    assert "1 of 2, about 10 min to go" in words(page)
    assert "1 of 2 ended: 1 delivered" in page


def test_the_last_30_days_stand_beside_those_before(browser: Browser, editor: User) -> None:
    money: dict[str, Any] = {"actual_cost_usd": 0.5, "cost_source": CostSource.MEASURED}
    for days in (0, 1, 40):
        order(editor, created_at=clock.now() - timedelta(days=days), **money)
    page = browser.get("/overview").text
    assert "Orders 2 before: 1" in words(page)
    assert "Cost $1.00 before: $0.50" in words(page)
    assert page.count('class="chart-column"') == 60
    assert "style=" not in page


def test_the_latest_orders_are_listed_and_other_people_s_are_not(
    browser: Browser, editor: User, new_browser: NewBrowser
) -> None:
    mine = order(editor)
    assert f"/jobs/{mine.id}" in browser.get("/overview").text
    other = new_browser("other@example.org")
    assert f"/jobs/{mine.id}" not in other.get("/overview").text
