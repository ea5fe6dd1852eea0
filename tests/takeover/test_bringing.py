"""What is in an older database is here afterwards, made good by the rules, and accounted for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from bacowr.accounts import queries, service
from bacowr.accounts.models import ApiKey, User
from bacowr.audit.models import AuditEvent
from bacowr.backlinks.models import Backlink
from bacowr.base.db import Model, db
from bacowr.base.errors import Unauthenticated
from bacowr.batches.models import Batch, ReviewItem
from bacowr.campaigns.models import Schedule, Template
from bacowr.dbops.postgres.digest import postgres_digest
from bacowr.jobs.models import Job
from bacowr.jobs.texts import Document
from bacowr.takeover.account import Fate
from bacowr.takeover.models import LegacyRecord, QuarantinedRow
from tests.takeover import older
from tests.takeover.conftest import Answer
from tests.takeover.older import ident

FATES = [fate.value for fate in Fate]
TakeOver = Callable[..., Answer]
SHORT = ["G0", "G3", "Gx4+G2", "P1"]
LONG = ["G1", "G2", "Gx1", "Gx2", "Gx3", "Gx4", "P2", "Gx1+G2", "Gx2+G2", "Gx3+G2"]
ALL = [*SHORT, *(pytest.param(name, marks=pytest.mark.long) for name in LONG)]
sqlite_only = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


def get(model: type[Any], name: str) -> Any:  # noqa: ANN401
    return db.session.get_one(model, ident(name))


@sqlite_only
@pytest.mark.parametrize("generation", ALL)
def test_every_row_of_every_generation_is_accounted_for(
    generation: str, old_url: str, take_over: TakeOver
) -> None:
    rows = older.faulty()
    older.build(old_url, generation, rows)
    before = Path(old_url.removeprefix("sqlite:///")).read_bytes()
    answer = take_over(old_url, "--json")
    assert answer.code == 0, answer.err
    assert answer.facts["generation"] == generation
    tables = older.tables_of(generation)
    assert {one["table"] for one in answer.facts["tables"]} == set(tables)
    for one in answer.facts["tables"]:
        assert one["read"] == len(rows[one["table"]]) == sum(one[fate] for fate in FATES)
    assert Path(old_url.removeprefix("sqlite:///")).read_bytes() == before
    again = take_over(old_url, "--json")
    assert again.facts["tables"] == answer.facts["tables"]
    assert "taken over before" in again.facts["summary"]


def test_a_whole_installation_is_brought_over(
    old_url: str, take_over: TakeOver, client: FlaskClient
) -> None:
    older.build(old_url, "G3", older.faulty())
    answer = take_over(old_url, "--json")
    assert answer.code == 0, answer.err
    users_are_made_good()
    jobs_are_made_good()
    the_rest_is_made_good()
    old_keys_and_passwords_go_on_working(client)
    no_secret_is_stored()


def users_are_made_good() -> None:
    anna, lars, chef, kim = (get(User, name) for name in ("anna", "lars", "chef", "kim"))
    assert (anna.name, str(anna.role), str(anna.status)) == ("Anna Å", "editor", "active")
    assert (str(lars.role), str(lars.status)) == ("admin", "suspended")
    assert chef.password_hash is None, "The published password must not open anything."
    assert (str(kim.role), str(kim.status)) == ("viewer", "suspended")
    assert anna.created_at == older.START
    for owner in (kim, chef):
        key = db.session.scalars(sa.select(ApiKey).where(ApiKey.owner_id == owner.id)).one()
        assert key.revoked_at, "A key from the public history must not open anything."


def jobs_are_made_good() -> None:
    whole, mock, stuck, red = (get(Job, name) for name in ("whole", "mock", "stuck", "red"))
    assert (str(whole.status), str(whole.qc_status)) == ("delivered", "pass")
    assert (whole.actual_cost_usd, str(whole.cost_source)) == (0.06, "estimate")
    assert whole.finished_at == datetime(2025, 11, 11, 8, 30, tzinfo=UTC)
    assert not whole.is_demo
    assert mock.is_demo, "What was made of simulated data can't be exported."
    assert all(get(Job, name).is_demo for name in ("template", "host", "metrics"))
    assert (str(stuck.status), stuck.error_code) == ("aborted", "LEGACY_INTERRUPTED")
    assert stuck.is_retryable
    assert (str(red.status), str(red.qc_status)) == ("blocked", "blocked")
    text = db.session.scalars(sa.select(Document).where(Document.job_id == whole.id)).one()
    assert text.text == "# Titel\n\nText med länk."
    kept = db.session.scalars(
        sa.select(LegacyRecord).where(LegacyRecord.source_id == whole.id)
    ).one()
    assert kept.data["job_package"] == {"job_meta": {"serp_source": "ahrefs"}}
    assert kept.data["was_autofixed"] is True


def the_rest_is_made_good() -> None:
    assert set(db.session.scalars(sa.select(Backlink.id))) == {
        ident(name) for name in ("first", "alike", "other")
    }
    assert get(Backlink, "alike").is_possible_duplicate
    alias = db.session.scalars(
        sa.select(LegacyRecord).where(LegacyRecord.source_id == ident("same"))
    ).one()
    assert alias.record_id == ident("first")
    assert str(get(Batch, "batch").status) == "paused"
    assert str(get(ReviewItem, "one").decision) == "pending"
    assert str(get(ReviewItem, "two").decision) == "approved"
    assert get(ReviewItem, "two").reviewer_id is None
    event = get(AuditEvent, "audit")
    assert event.actor_label == "unknown"
    assert event.data["status_code"] == 201
    assert event.data["duration_ms"] == 12
    assert event.data["request_data"] == "[redacted]"
    assert event.data["endpoint"] == "/api/v1/jobs"
    reasons = db.session.scalars(sa.select(QuarantinedRow.reason)).all()
    assert len(reasons) == 2
    assert all("N15" in reason for reason in reasons)


def old_keys_and_passwords_go_on_working(client: FlaskClient) -> None:
    for headers in ({"X-API-Key": older.KEY}, {"Authorization": f"Bearer {older.KEY}"}):
        answer = client.get("/api/v1/jobs", headers=headers)
        assert answer.status_code == 200
        assert ident("whole") in {job["id"] for job in answer.json["items"]}
    assert client.get("/api/v1/jobs", headers={"X-API-Key": "test-api-key"}).status_code == 401
    anna, _ = service.sign_in("Anna@example.se", older.PASSWORD, lasts=timedelta(hours=1))
    assert (anna.password_hash or "").startswith("$argon2id$")
    service.sign_in("anna@example.se", older.PASSWORD, lasts=timedelta(hours=1))
    with pytest.raises(Unauthenticated):
        service.sign_in("admin@bacowr.local", "admin123", lasts=timedelta(hours=1))


def no_secret_is_stored() -> None:
    for table in Model.metadata.sorted_tables:
        stored = "\n".join(repr(tuple(row)) for row in db.session.execute(sa.select(table)))
        for secret in (older.KEY, "hemligt", "plain", "api_key=abc"):
            assert secret not in stored, f"{table.name} holds {secret}"


@sqlite_only
def test_plans_are_brought_over(old_url: str, take_over: TakeOver) -> None:
    older.build(old_url, "Gx4", older.faulty())
    answer = take_over(old_url, "--json")
    assert answer.code == 0, answer.err
    template, schedule = get(Template, "template"), get(Schedule, "schedule")
    assert template.campaign_id is None, "It referred to a campaign that isn't there."
    assert schedule.template_id == template.id
    assert str(schedule.status) == "paused"
    assert answer.table("publisher_metrics")["dropped"] == 1
    wishes = db.session.execute(
        sa.text("SELECT channel, address, is_on FROM notification_preferences ORDER BY channel")
    ).all()
    assert [(one.channel, bool(one.is_on)) for one in wishes] == [
        ("email", False),
        ("webhook", True),
    ]
    assert queries.find_by_email("KIM@example.se") is not None


@sqlite_only
def test_a_dry_run_says_the_same_and_changes_nothing(
    old_url: str, take_over: TakeOver, scalars: Callable[[str], list[Any]]
) -> None:
    older.build(old_url, "Gx4+G2", older.faulty())
    planned = take_over(old_url, "--dry-run", "--json")
    assert planned.code == 0, planned.err
    assert scalars("SELECT count(*) FROM users") == [0]
    assert scalars("SELECT count(*) FROM takeovers") == [0]
    assert take_over(old_url, "--json").facts["tables"] == planned.facts["tables"]


@sqlite_only
@pytest.mark.postgres
def test_an_older_postgresql_is_brought_over(postgres_url: str, take_over: TakeOver) -> None:
    rows = older.faulty()
    engine = older.build(postgres_url, "G3", rows)
    before = digest(engine)
    answer = take_over(postgres_url.replace("postgresql+psycopg", "postgres"), "--json")
    assert answer.code == 0, answer.err
    assert digest(engine) == before
    for one in answer.facts["tables"]:
        assert one["read"] == len(rows[one["table"]]) == sum(one[fate] for fate in FATES)
    assert get(User, "anna").created_at == older.START
    assert get(Job, "mock").is_demo
    assert get(Backlink, "alike").is_possible_duplicate
    assert "taken over before" in take_over(postgres_url, "--json").facts["summary"]


def digest(engine: sa.Engine) -> str:
    with engine.connect() as connection:
        return postgres_digest(connection).total


@sqlite_only
def test_a_percent_sign_in_the_address_is_no_obstacle(tmp_path: Path, take_over: TakeOver) -> None:
    url = f"sqlite:///{tmp_path / '100%25 old.db'}"
    older.build(url, "G0", older.faulty())
    assert (tmp_path / "100% old.db").exists()
    answer = take_over(url)
    assert answer.code == 0, answer.err
    assert "backlinks    4     3        1" in answer.out
    assert "had no password" in answer.out
