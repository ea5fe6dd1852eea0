"""The morning summary: at everybody's own hour, once, and only when there is something to tell."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from bacowr.accounts import telling
from bacowr.accounts.models import User
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.batches.models import Batch, BatchStatus
from bacowr.engine.order import Order
from bacowr.jobs import announcing, service
from bacowr.jobs.states import JobStatus
from bacowr.notifications import mornings
from bacowr.notifications.events import Event
from bacowr.notifications.models import MorningHour
from bacowr.notifications.mornings import Blocked, Night, next_morning
from bacowr.worker.notifying import Notifying, tell_morning
from tests.notifications.conftest import Hooked
from tests.plugins.mail_server import MailCatcher
from tests.plugins.receiver import Receiver

ZONES = ("UTC", "Europe/Stockholm", "America/New_York", "Asia/Kolkata", "Pacific/Apia")
ORDER = Order("publisher.test", "http://target.test:8099/page", "a good read")
moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(moments, st.integers(0, 23), st.sampled_from(ZONES))
def test_the_next_morning_is_the_first_that_comes(moment: datetime, hour: int, zone: str) -> None:
    found = next_morning(moment, hour=hour, time_zone=zone)
    assert moment < found <= moment + timedelta(hours=25)
    local = found.astimezone(ZoneInfo(zone))
    assert (local.minute, local.second) == (0, 0)
    # Where clocks go forward over that hour, it strikes the one after.
    assert local.hour in {hour, (hour + 1) % 24}
    assert next_morning(found, hour=hour, time_zone=zone) > found


def test_clocks_that_go_forward_and_back_are_followed() -> None:
    def morning(day: int, month: int) -> str:
        begin = datetime(2026, month, day, tzinfo=UTC)
        found = next_morning(begin, hour=7, time_zone="Europe/Stockholm")
        return f"{found:%d %H:%M}"

    assert [morning(28, 3), morning(29, 3), morning(25, 10)] == [
        "28 06:00",
        "29 05:00",
        "25 06:00",
    ]


def test_a_summary_says_what_there_is_to_say() -> None:
    night = Night(
        delivered=170,
        blocked=[Blocked("NO_ANGLE", 3), Blocked("TARGET_UNREACHABLE", 2)],
        failed=1,
        cost_usd=12.3456,
        lost=["news.example: a good read"],
        changed=2,
        expiring=1,
        waiting=["Spring"] * 30,
    )
    told = mornings.summary(night)
    assert told["headline"] == "The night: 170 delivered, 5 blocked, 1 failed, 1 link lost"
    text = "\n".join(told["lines"])
    for line in ("  NO_ANGLE: 3", "Cost: 12.35 USD", "Waiting for your review: 30", "and 10 more"):
        assert line in text
    assert told["blocked_by_reason"] == {"NO_ANGLE": 3, "TARGET_UNREACHABLE": 2}
    assert "Cost: not known" in mornings.summary(Night(delivered=1, cost_usd=None))["lines"]
    assert mornings.summary(Night(changed=1))["headline"] == "The night: some links need a look"
    assert Night(waiting=["Spring"]).is_quiet


@transaction
def end_job(owner: User, status: JobStatus, reason: str | None = None) -> None:
    job = service.create(ORDER, owner=owner)
    job.status, job.block_reason, job.finished_at = status, reason, clock.now()
    db.session.flush()


@transaction
def make_due(owner_id: str) -> None:
    found = db.session.get_one(MorningHour, owner_id, populate_existing=True)
    found.next_at = clock.now()


Round = Callable[[], None]


@pytest.fixture
def go_round(app: Flask) -> Round:
    """A function that does a worker's round, with its sweep, until nothing is due."""

    def go() -> None:
        rounds = Notifying(app.app_context, stop=threading.Event(), worker="w1")
        while rounds.turn():
            pass
        assert rounds._pause(did_work=True) == 0
        assert rounds._pause(did_work=False) == Notifying.PAUSE_SECONDS

    return go


def test_the_night_is_told_once_by_mail_and_webhook(
    hooked: Hooked, go_round: Round, mailbox: MailCatcher, hook_server: Receiver
) -> None:
    ann = hooked.owner
    telling.choose(ann, {"is_on": True, "hour": 7, "time_zone": "Europe/Stockholm"})
    end_job(ann, JobStatus.DELIVERED)
    end_job(ann, JobStatus.DELIVERED)
    end_job(ann, JobStatus.BLOCKED, "NO_ANGLE")
    _add_batch(ann)
    owner_id = ann.id
    go_round()
    hook_server.received.clear()
    make_due(owner_id)
    go_round()
    go_round()
    (mail,) = mailbox.mails
    assert mail["Subject"] == "The night: 2 delivered, 1 blocked"
    assert "  NO_ANGLE: 1" in mailbox.texts[0]
    assert "Waiting for your review: 1\n  Spring" in mailbox.texts[0]
    (request,) = hook_server.received
    assert b'"type":"morning.summary"' in request.body
    assert b'"delivered":2' in request.body
    make_due(owner_id)
    go_round()
    assert len(mailbox.mails) == 1, "What was told is not told again."


@transaction
def _add_batch(owner: User) -> None:
    status = BatchStatus.READY_FOR_REVIEW
    db.session.add(Batch(owner_id=owner.id, name="Spring", status=status))


def test_a_quiet_night_is_told_to_nobody(ann: User, go_round: Round, mailbox: MailCatcher) -> None:
    telling.choose(ann, {"is_on": True, "hour": 7})
    owner_id = ann.id
    make_due(owner_id)
    go_round()
    assert mailbox.mails == []
    assert db.session.get_one(MorningHour, owner_id, populate_existing=True).next_at > clock.now()


def test_who_chose_no_hour_gets_one(hooked: Hooked, go_round: Round) -> None:
    go_round()
    (row,) = db.session.scalars(sa.select(MorningHour))
    assert (row.id, row.hour, row.time_zone) == (hooked.owner.id, 7, "UTC")
    go_round()
    assert db.session.scalar(sa.select(sa.func.count(MorningHour.id))) == 1


def test_a_morning_that_somebody_took_is_not_told_again(ann: User) -> None:
    telling.choose(ann, {"hour": 7})
    end_job(ann, JobStatus.DELIVERED)
    make_due(ann.id)
    assert tell_morning(ann.id)
    assert not tell_morning(ann.id)
    assert not tell_morning("nobody")


def test_every_end_of_an_order_has_its_event() -> None:
    assert set(announcing.EVENTS.values()) == {each for each in Event if each.startswith("job.")}
