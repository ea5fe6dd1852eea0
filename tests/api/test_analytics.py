"""The figures over the API: the older addresses, their shapes, and whose orders they count."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest

from bacowr.accounts import invitations
from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.accounts.usage import CostSource
from bacowr.base import clock
from bacowr.engine.order import Order
from bacowr.gate.limits import LIMITS, Bucket
from bacowr.jobs.models import Job
from bacowr.jobs.states import JobStatus
from tests.api.conftest import Caller, NewCaller, body_of, store

PATHS = ("/analytics", "/analytics/dashboard", "/analytics/costs")


def order(owner: User, *, days: int = 0, cost: float | None = None, **more: Any) -> Job:  # noqa: ANN401 - columns.
    at = clock.now() - timedelta(days=days)
    values = asdict(Order("publisher.test", "http://target.test:8099/page", "a good read"))
    job = Job(
        owner_id=owner.id,
        **(
            values
            | {
                "status": JobStatus.DELIVERED,
                "created_at": at,
                "started_at": at,
                "finished_at": at + timedelta(seconds=90),
                "actual_cost_usd": cost,
                "cost_source": CostSource.MEASURED if cost else None,
            }
            | more
        ),
    )
    store(job)
    return job


def test_orders_of_the_last_days_are_counted(caller: Caller) -> None:
    order(caller.user, cost=0.5, llm_provider="openai")
    order(caller.user, days=29, cost=0.25, writing_strategy="single_shot")
    order(caller.user, days=31, cost=8.0)
    order(caller.user, status=JobStatus.BLOCKED, block_reason="QC_BLOCKED")
    order(caller.user, status=JobStatus.CANCELED)

    found = body_of(caller.get("/analytics"))
    assert (found["total_jobs"], found["total_cost"], found["success_rate"]) == (4, 0.75, 50.0)
    assert found["jobs_by_status"] == {
        "pending": 0,
        "processing": 0,
        "delivered": 2,
        "blocked": 1,
        "aborted": 0,
        "canceled": 1,
    }
    assert found["jobs_by_provider"] == {"auto": 3, "openai": 1}
    assert found["jobs_by_strategy"] == {"multi_stage": 3, "single_shot": 1}
    assert found["avg_generation_time"] == 90
    assert found["period_start"].endswith("T00:00:00+00:00")
    assert found["period_start"] < found["period_end"]
    assert body_of(caller.get("/analytics?days=1"))["total_jobs"] == 3
    assert body_of(caller.get("/analytics?days=366"))["total_jobs"] == 5


def test_without_orders_nothing_is_made_up(caller: Caller) -> None:
    found = body_of(caller.get("/analytics"))
    assert (found["total_jobs"], found["success_rate"]) == (0, 0.0)
    assert found["avg_generation_time"] is None
    found = body_of(caller.get("/analytics/dashboard"))
    assert (found["avg_cost_per_job"], found["avg_duration"]) == (None, None)
    assert found["recent_jobs"] == []


def test_the_dashboard_has_the_older_shape(caller: Caller) -> None:
    order(caller.user, days=200, cost=0.75)
    latest = order(caller.user, status=JobStatus.ABORTED, error_code="X", error_message="It failed")
    found = body_of(caller.get("/analytics/dashboard"))
    assert {name: found[name] for name in found if name != "recent_jobs"} == {
        "total_jobs": 2,
        "delivered": 1,
        "blocked": 0,
        "aborted": 1,
        "total_cost": 0.75,
        "avg_cost_per_job": 0.75,
        "avg_duration": 90,
    }
    assert [each["status"] for each in found["recent_jobs"]] == ["aborted", "delivered"]
    assert found["recent_jobs"][0]["id"] == latest.id
    assert found["recent_jobs"][0]["user_id"] == caller.user.id


def test_costs_are_grouped_by_service_way_and_time(caller: Caller) -> None:
    order(caller.user, cost=0.5, llm_provider="openai", created_at=moment("2026-09-30"))
    order(caller.user, cost=0.25, created_at=moment("2026-10-01"))
    order(caller.user, cost=2.0, created_at=moment("2026-10-31"))
    order(caller.user, cost=9.0, created_at=moment("2026-11-01"))
    span = "start_date=2026-09-30&end_date=2026-10-31T23:59:59.000Z"
    found = body_of(caller.get(f"/analytics/costs?{span}&group_by=month"))
    assert found == {
        "total": 2.75,
        "by_provider": {"auto": 2.25, "openai": 0.5},
        "by_strategy": {"multi_stage": 2.75},
        "timeline": [{"date": "2026-09-01", "cost": 0.5}, {"date": "2026-10-01", "cost": 2.25}],
    }
    weeks = body_of(caller.get(f"/analytics/costs?{span}&group_by=week"))["timeline"]
    assert weeks[0] == {"date": "2026-09-28", "cost": 0.75}
    days = body_of(caller.get(f"/analytics/costs?{span}"))["timeline"]
    assert len(days) == 32
    assert sum(each["cost"] for each in days) == 2.75


def moment(day: str) -> Any:  # noqa: ANN401 - a moment.
    return clock.now().fromisoformat(f"{day}T12:00:00+00:00")


def test_costs_of_the_last_thirty_days_are_given_unasked(caller: Caller) -> None:
    order(caller.user, cost=0.5)
    order(caller.user, days=40, cost=4.0)
    found = body_of(caller.get("/analytics/costs"))
    assert (found["total"], len(found["timeline"])) == (0.5, 30)


def test_a_deleted_order_still_costs(caller: Caller) -> None:
    order(caller.user, cost=0.5, deleted_at=clock.now())
    assert body_of(caller.get("/analytics/costs"))["total"] == 0.5
    found = body_of(caller.get("/analytics"))
    assert (found["total_jobs"], found["total_cost"], found["jobs_by_provider"]) == (0, 0.5, {})


@pytest.mark.parametrize(
    "query",
    [
        "?days=0",
        "?days=367",
        "?days=x",
        "/costs?start_date=2026-13-01",
        "/costs?start_date=1",
        "/costs?end_date=0001-01-01",
        "/costs?start_date=9999-12-31",
        "/costs?start_date=2026-02-01&end_date=2026-01-01",
        "/costs?start_date=2024-01-01&end_date=2026-01-01",
        "/costs?group_by=year",
    ],
)
def test_what_can_t_be_counted_is_refused(query: str, caller: Caller) -> None:
    assert caller.get(f"/analytics{query}").status_code == 422


@pytest.mark.parametrize("path", PATHS)
def test_only_one_s_own_and_the_team_s_orders_count(path: str, new_caller: NewCaller) -> None:
    boss = new_caller("boss@example.org", role=Role.ADMIN)
    viewer, stranger = new_caller("v@example.org", role=Role.VIEWER), new_caller("s@example.org")
    invitations.take_in(viewer.user, by=boss.user)
    order(boss.user, cost=0.5)
    key = "total" if path.endswith("costs") else "total_cost"
    found = [body_of(each.get(path))[key] for each in (boss, viewer, stranger)]
    assert found == [0.5, 0.5, 0.0]


@pytest.mark.parametrize("path", PATHS)
def test_a_key_or_a_login_is_needed(path: str, caller: Caller) -> None:
    assert caller.client.get(f"/api/v1{path}").status_code == 401


def test_they_are_counted_as_analytics(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = caller.client.application.extensions["limits"]
    monkeypatch.setattr(limits, "is_on", True)
    answer = caller.get("/analytics")
    assert answer.headers["RateLimit-Limit"] == str(LIMITS[Bucket.ANALYTICS].requests)
