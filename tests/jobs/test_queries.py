"""Reading jobs: what isn't yours isn't found, and a list costs the same however long it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bacowr.accounts.models import User
from bacowr.base import paging
from bacowr.base.db import db
from bacowr.base.errors import Invalid, NotFound
from bacowr.engine.order import Order
from bacowr.jobs import queries, service
from bacowr.jobs.runner import Runner
from bacowr.jobs.schemas import JobDetailSchema, JobSchema, NewJobSchema, parse_statuses
from bacowr.jobs.states import JobStatus
from tests.plugins.application import NewUser
from tests.plugins.short_pipeline import ORDER

OTHER = Order("blog.example", "https://target.example/100%_sure", "Röda bilar")


def page(owner: User, size: int = 50) -> list[dict[str, object]]:
    total = queries.count_owned_by(owner)
    found = paging.paginate(queries.owned_by(owner), page=1, page_size=size, total=total)
    dumped: list[dict[str, object]] = JobSchema(many=True).dump(found.items)
    return dumped


def test_another_persons_job_is_not_found(owner: User, new_user: NewUser) -> None:
    job = service.create(ORDER, owner=owner)
    other = new_user("other@example.org")
    for read in (queries.get, queries.detail):
        with pytest.raises(NotFound):
            read(job.id, owner=other)
    assert page(other) == []
    assert service.create(ORDER, owner=other, idempotency_key="k").owner_id == other.id


def test_a_list_costs_three_statements_however_long_it_is(
    owner: User, statements: list[str]
) -> None:
    costs = []
    for count in (1, 20):
        for _ in range(count):
            service.create(ORDER, owner=owner)
        db.session.remove()
        statements.clear()
        assert page(owner)
        costs.append(len(statements))
    assert costs == [3, 3]  # Whether the count still holds, the count, the rows.


def test_a_detail_costs_four_statements(owner: User, statements: list[str]) -> None:
    job = service.create(ORDER, owner=owner)
    db.session.remove()
    statements.clear()
    JobDetailSchema().dump(queries.detail(job.id, owner=owner))
    assert len(statements) == 4


def test_the_newest_come_first_and_can_be_narrowed(owner: User) -> None:
    first, second = service.create(ORDER, owner=owner), service.create(OTHER, owner=owner)
    service.cancel(first, by=owner)
    assert [row["id"] for row in page(owner)] == [second.id, first.id]

    def found(**narrowed: object) -> list[str]:
        rows = db.session.execute(queries.owned_by(owner, **narrowed)).all()  # type: ignore[arg-type]  # Kept short.
        assert len(rows) == queries.count_owned_by(owner, **narrowed)  # type: ignore[arg-type]  # Kept short.
        return [row.id for row in rows]

    assert found(statuses=[JobStatus.CANCELED]) == [first.id]
    assert found(statuses=list(JobStatus)) == [second.id, first.id]
    assert found(search="BLOG.example ") == [second.id]
    assert found(search="100%_s") == [second.id]
    assert found(search="r_d") == []
    assert found(search="RÖDA") == found(search="röda") == found(search="Röda") == [second.id]
    assert found(search="anchor", statuses=[JobStatus.PENDING]) == []


def test_a_row_shows_the_names_that_older_clients_know(owner: User) -> None:
    job = service.create(ORDER, owner=owner)
    (row,) = page(owner)
    assert row["user_id"] == owner.id
    assert row["completed_at"] is None
    assert (row["qc_score"], row["estimated_cost"], row["actual_cost"]) == (None, None, None)
    assert row == JobSchema().dump(job)


@pytest.mark.usefixtures("steps")
def test_a_detail_shows_steps_documents_and_log(owner: User, runner: Runner) -> None:
    job = service.create(ORDER, owner=owner)
    runner.run(job.id)
    db.session.expire_all()
    shown = JobDetailSchema().dump(queries.detail(job.id, owner=owner))
    assert shown["status"] == "delivered"
    assert [step["status"] for step in shown["steps"]] == ["done"] * 4
    assert shown["documents"][0]["kind"] == "brief"
    assert shown["execution_log"]["log_entries"][0]["type"] == "created"
    assert (shown["article_text"], shown["qc_report"], shown["retry_count"]) == (None, None, 0)


def test_retries_are_counted(owner: User) -> None:
    job = service.create(ORDER, owner=owner)
    for _ in range(2):
        service.cancel(job, by=owner)
        service.retry(job, by=owner)
    assert queries.detail(job.id, owner=owner).retry_count == 2


def test_a_step_that_is_not_there_is_not_found(owner: User) -> None:
    with pytest.raises(NotFound, match="no step nowhere"):
        queries.get_step(service.create(ORDER, owner=owner), "nowhere")


def test_statuses_are_read_in_any_case_and_by_their_old_names() -> None:
    assert parse_statuses("") == ()
    assert parse_statuses("RUNNING, Delivered,") == (JobStatus.PROCESSING, JobStatus.DELIVERED)
    with pytest.raises(Invalid) as caught:
        parse_statuses("pending,gone")
    assert "status" in caught.value.fields


def test_an_order_schema_leaves_the_checking_to_the_engine() -> None:
    sent = {"anchor_text": 5, "unknown": 1}
    assert NewJobSchema().load(sent) == {"anchor_text": 5}


@pytest.mark.parametrize("read", [queries.steps_of, queries.events_of, queries.documents_of])
def test_what_belongs_to_a_job_costs_one_statement(
    owner: User, statements: list[str], read: Callable[..., object]
) -> None:
    job = service.create(ORDER, owner=owner)
    statements.clear()
    read(job)
    assert len(statements) == 1
