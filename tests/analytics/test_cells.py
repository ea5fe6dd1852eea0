"""Figures of days: whatever happens to orders, they are what a fresh count would give."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bacowr.accounts import invitations
from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.accounts.usage import CostSource
from bacowr.analytics import cells, scope
from bacowr.analytics.cells import Counted
from bacowr.analytics.figures import MOST_ENDED
from bacowr.analytics.kept import Memory
from bacowr.analytics.periods import Period
from bacowr.analytics.scope import Wanted
from bacowr.backlinks.models import Backlink
from bacowr.base import clock
from bacowr.base.db import db, transaction
from bacowr.base.types import new_id
from bacowr.jobs import moves
from bacowr.jobs.models import Job
from bacowr.jobs.states import JobStatus
from tests.analytics.conftest import DEFAULTS, UNENDED, NewDeal, NewJob
from tests.plugins.application import NewUser

LENGTH = 40
ENDED = sorted(set(JobStatus) - UNENDED)
# Sums of such costs are the same in whatever order they are added.
costs = st.sampled_from([None, 0.25, 0.5, 2.0])
ages = st.integers(0, LENGTH + 3)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("order"), ages, st.sampled_from(ENDED), costs),
        st.tuples(st.just("move"), ages, st.sampled_from(ENDED), costs),
        st.tuples(st.just("hide"), ages, st.none(), st.none()),
        st.tuples(st.just("delete"), ages, st.none(), st.none()),
    ),
    max_size=12,
)


def span() -> Period:
    return Period.last(LENGTH, today=clock.now().date())


def counted(user: User, wanted: Wanted | None = None) -> Counted:
    return cells.of(scope.of(user, wanted), span())


@transaction
def change(job: Job, status: JobStatus, cost: float | None) -> None:
    """Change an order as the product does: it is locked first, which counts its version up."""
    moves.lock(job)
    job.status = status
    job.block_reason = job.error_code = job.error_message = job.qc_status = job.qc_score = None
    for name, value in DEFAULTS[status].items():
        setattr(job, name, value)
    job.actual_cost_usd, job.cost_source = cost, CostSource.ESTIMATE if cost else None


@transaction
def hide(job: Job) -> None:
    moves.lock(job)
    job.deleted_at = clock.now()


@transaction
def delete(job: Job) -> None:
    db.session.execute(sa.delete(Job).where(Job.id == job.id))


def expected(user: User) -> dict[str, Any]:
    """Count in Python what the orders themselves say."""
    days = set(span())
    jobs = [
        each
        for each in db.session.scalars(sa.select(Job).where(Job.owner_id == user.id))
        if each.created_at.date() in days
    ]
    seen = [each for each in jobs if each.deleted_at is None]
    return {
        "statuses": Counter(each.status for each in seen),
        "reasons": Counter(each.block_reason for each in seen if each.block_reason),
        "scores": sum(each.qc_score or 0 for each in seen),
        "costs": {
            source: sum(each.actual_cost_usd or 0 for each in jobs if each.cost_source is source)
            for source in CostSource
        },
        "ended": {each.id for each in seen if each.status in {"delivered", "blocked"}},
    }


def told(found: Counted) -> dict[str, Any]:
    total = found.total
    return {
        "statuses": total.statuses,
        "reasons": total.reasons,
        "scores": total.total.score_sum,
        "costs": {
            CostSource.MEASURED: total.total.measured_usd,
            CostSource.ESTIMATE: total.total.estimated_usd,
        },
        "ended": {job_id for job_id, _ in total.ended},
    }


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=acts)
def test_kept_figures_are_what_a_fresh_count_gives(
    acts: list[tuple[str, int, JobStatus, float | None]], new_user: NewUser, new_job: NewJob
) -> None:
    user = new_user(f"{new_id()}@example.org")
    jobs: list[Job] = []
    for act, number, status, cost in acts:
        if act == "order":
            at = clock.now() - timedelta(days=number)
            jobs.append(new_job(user, status, at=at, cost=cost))
        elif jobs:
            job = jobs[number % len(jobs)]
            if act == "move":
                change(job, status, cost)
            elif act == "hide":
                hide(job)
            else:
                delete(jobs.pop(number % len(jobs)))
        assert told(counted(user)) == expected(user)
        kept = counted(user)
        fresh = cells.recount(scope.of(user), span().since, span().until)
        assert dict(kept.days) == fresh


def test_nothing_is_read_twice_that_has_not_changed(
    app: Flask, new_user: NewUser, new_job: NewJob
) -> None:
    del app
    user = new_user()
    for days in (0, 3, 9):
        new_job(user, at=clock.now() - timedelta(days=days))
    counted(user)
    said: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *event: said.append(event[2]))
    counted(user)
    assert len(said) == 2  # Who may be seen, and the prints.
    new_job(user)
    said.clear()
    assert counted(user).total.total.orders == 4
    assert len(said) == 4  # The prints of the month's days, and the orders of one.


def test_gaps_without_orders_are_read_in_one_go(new_user: NewUser, new_job: NewJob) -> None:
    user = new_user()
    for days in (0, 5, 20):
        new_job(user, at=clock.now() - timedelta(days=days))
    said: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *event: said.append(event[2]))
    assert counted(user).total.total.orders == 3
    assert len(said) == 4


def test_only_one_s_own_and_the_team_s_orders_count(new_user: NewUser, new_job: NewJob) -> None:
    boss, colleague = new_user("boss@example.org", role=Role.ADMIN), new_user("two@example.org")
    stranger = new_user("stranger@example.org")
    for each in (boss, colleague, stranger):
        new_job(each)
    assert counted(boss).total.total.orders == 1
    invitations.take_in(colleague, by=boss)
    assert counted(boss).total.total.orders == 2
    assert counted(colleague).total.total.orders == 2
    assert counted(stranger).total.total.orders == 1


def test_orders_are_narrowed_by_publisher_service_and_campaign(
    new_user: NewUser, new_job: NewJob, new_deal: NewDeal
) -> None:
    user = new_user()
    mine = new_job(user, publisher_domain="one.example", llm_provider="openai")
    new_job(user, publisher_domain="two.example")
    deal = new_deal(user, campaign="Spring", job_id=mine.id)

    def orders(**wanted: str) -> int:
        return counted(user, Wanted(**wanted)).total.total.orders

    assert orders(publisher="one.example") == orders(provider="openai") == 1
    assert orders(publisher="one.example", provider="anthropic") == 0
    assert orders(campaign="Spring") == 1
    assert orders(campaign="Autumn") == 0
    rename(deal.id)
    assert orders(campaign="Spring") == 0
    assert orders(campaign="Autumn") == 1
    assert bool(Wanted()) is False


@transaction
def rename(deal_id: str) -> None:
    deal = db.session.get_one(Backlink, deal_id)
    deal.campaign, deal.version = "Autumn", deal.version + 1


def test_groups_tell_what_their_orders_cost(new_user: NewUser, new_job: NewJob) -> None:
    user = new_user()
    claude = ("anthropic", "claude")
    new_job(user, cost=0.5, writer=claude, estimated_cost_usd=0.75)
    new_job(user, JobStatus.BLOCKED, cost=0.25, writer=claude)
    new_job(user, writer=("openai", "gpt"))
    new_job(user, JobStatus.PENDING, writing_strategy="single_shot")
    total = counted(user).total
    wrote = total.writers["anthropic · claude"]
    assert (wrote.orders, wrote.delivered, wrote.blocked) == (2, 1, 1)
    assert (wrote.measured_usd, wrote.quoted_usd, wrote.mean_score) == (0.75, 0.75, 75.0)
    assert wrote.blocked_rate == 0.5
    assert total.writers["openai · gpt"].unknown == 1
    assert total.strategies["single_shot"].orders == 1
    assert total.strategies["single_shot"].blocked_rate is None
    assert total.strategies["single_shot"].mean_score is None
    assert total.providers["auto"].cost_usd == 0.75
    assert total.deciles == {9: 2, 6: 1}


def test_a_perfect_score_is_in_the_highest_decile(new_user: NewUser, new_job: NewJob) -> None:
    user = new_user()
    new_job(user, qc_score=100.0)
    new_job(user, qc_score=0.0)
    assert counted(user).total.deciles == {9: 1, 0: 1}


def test_the_latest_orders_come_first(
    new_user: NewUser, new_job: NewJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_ENDED > 2
    monkeypatch.setattr("bacowr.analytics.figures.MOST_ENDED", 2)
    user = new_user()
    jobs = [new_job(user, at=clock.now() - timedelta(days=days)) for days in (3, 0, 40, 1)]
    assert [each[0] for each in counted(user).total.ended] == [jobs[1].id, jobs[3].id]


def test_what_was_used_longest_ago_is_forgotten_first() -> None:
    memory: Memory[int] = Memory(2)
    for number in (1, 2):
        memory.put(number, number)
    assert memory.get(1) == 1
    memory.put(3, 3)
    assert (memory.get(1), memory.get(2), memory.get(3)) == (1, None, 3)
