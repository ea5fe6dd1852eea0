"""The audit log over the API: its addresses, shapes and limits, and who may."""

from __future__ import annotations

import pytest

from bacowr.accounts.models import Team, User
from bacowr.accounts.permissions import Role
from bacowr.audit import service
from bacowr.base.db import db, transaction
from tests.api.conftest import Caller, NewCaller, body_of
from tests.plugins.application import NewUser

ROOT = "/audit"
PATHS = ("logs", "users/x/activity", "resources/jobs/x/history", "security-events", "stats")


@transaction
def note(action: str, thing: str, actor: User | None = None, **data: str | int) -> None:
    service.note(action, "things", thing, actor=actor, **data)


@pytest.fixture
def admin(new_caller: NewCaller) -> Caller:
    return new_caller("admin@example.org", role=Role.ADMIN)


@pytest.mark.parametrize("path", [*PATHS, "failed-actions", "logs/x"])
def test_only_admins_may(path: str, caller: Caller) -> None:
    assert caller.get(f"{ROOT}/{path}").status_code == 403


@pytest.mark.parametrize(
    "query", ["logs?limit=1001", "stats?hours=721", "failed-actions?hours=0", "logs?skip=-1"]
)
def test_limits_hold(query: str, admin: Caller) -> None:
    assert admin.get(f"{ROOT}/{query}").status_code == 422


def test_an_entry_has_the_older_shape(admin: Caller) -> None:
    note("thing.make", "one", ip_address="192.0.2.1", status_code=500, color="red")

    answer = admin.get(f"{ROOT}/logs?action=thing.make")
    (entry,) = body_of(answer)
    assert answer.headers["X-Total-Count"] == "1"
    assert (entry["user_id"], entry["user_email"]) == (None, "system")
    assert (entry["ip_address"], entry["status"]) == ("192.0.2.1", "failure")
    assert entry["extra_data"] == {"color": "red"}
    assert body_of(admin.get(f"{ROOT}/logs/{entry['id']}"))["hash"] == entry["hash"]
    assert admin.get(f"{ROOT}/logs/nothing").status_code == 404


def test_entries_are_found_by_person_thing_and_kind(admin: Caller, new_user: NewUser) -> None:
    person = new_user("person@example.org")
    note("thing.make", "one", person)
    note("job.abort", "two")

    def actions(path: str) -> list[str]:
        return [each["action"] for each in body_of(admin.get(f"{ROOT}/{path}"))]

    assert actions(f"users/{person.id}/activity") == ["thing.make"]
    assert actions("resources/things/two/history") == ["job.abort"]
    assert actions("failed-actions") == ["job.abort"]
    assert "user.create" in actions("security-events")
    assert "thing.make" not in actions("security-events")
    assert actions("logs?start_date=2999-01-01T00:00:00Z") == []
    stats = body_of(admin.get(f"{ROOT}/stats?hours=1"))
    assert stats["events_by_action"]["job.abort"] == 1
    assert stats["events_by_user"]["person@example.org"] == 1
    assert stats["failed_events"] == stats["events_by_status"]["failure"] == 1
    assert stats["total_events"] == sum(stats["events_by_action"].values())
    assert stats["avg_duration_ms"] is None


def test_an_admin_sees_nothing_of_another_team(admin: Caller, new_user: NewUser) -> None:
    other = new_user("other@example.org")

    @transaction
    def part() -> None:
        team = Team(name="Others")
        db.session.add(team)
        db.session.flush()
        other.team_id = team.id

    part()
    note("thing.make", "theirs", other)

    assert body_of(admin.get(f"{ROOT}/logs?action=thing.make")) == []
    assert body_of(admin.get(f"{ROOT}/users/{other.id}/activity")) == []
    assert "thing.make" not in body_of(admin.get(f"{ROOT}/stats"))["events_by_action"]
