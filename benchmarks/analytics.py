"""How fast the overview and the analytics open on 100,000 orders, on SQLite and on PostgreSQL.

    python benchmarks/analytics.py               # both databases
    python benchmarks/analytics.py --only sqlite --rows 20000

Makes an installation of its own with orders over one year (with what was used up, reports, events
and signatures), 6,000 deals that are watched, and batches; then asks for the pages as a signed-in
person does. Every other request comes after an order has changed, as in a night of work. Prints the
median and the 95th percentile of the server's time, the median of the processor's time (of this
process, with SQLite's part; a busy machine changes it little), the number of SQL statements, the
first request of a process, and for comparison how long it takes to add the same orders up afresh.
Nothing here is a test: figures depend on the machine and on what else it does.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import flask_migrate  # noqa: E402  # The project must be importable first.
import sqlalchemy as sa  # noqa: E402  # The same.
from flask import Flask, g  # noqa: E402  # The same.

from bacowr.accounts import quotas  # noqa: E402  # The same.
from bacowr.accounts import service as accounts  # noqa: E402  # The same.
from bacowr.accounts.models import Team, User  # noqa: E402  # The same.
from bacowr.accounts.permissions import Role  # noqa: E402  # The same.
from bacowr.accounts.usage import CostSource, UsageEntry  # noqa: E402  # The same.
from bacowr.analytics import cells, recent, scope  # noqa: E402  # The same.
from bacowr.analytics.periods import Period  # noqa: E402  # The same.
from bacowr.app import create_app  # noqa: E402  # The same.
from bacowr.backlinks.models import Backlink, Placement  # noqa: E402  # The same.
from bacowr.base import clock  # noqa: E402  # The same.
from bacowr.base.db import db, transaction  # noqa: E402  # The same.
from bacowr.base.types import new_id  # noqa: E402  # The same.
from bacowr.batches.models import Batch, BatchStatus  # noqa: E402  # The same.
from bacowr.engine.checks.model import CheckName  # noqa: E402  # The same.
from bacowr.engine.order import Order  # noqa: E402  # The same.
from bacowr.engine.watch.standing import WatchStatus  # noqa: E402  # The same.
from bacowr.jobs import moves  # noqa: E402  # The same.
from bacowr.jobs.models import Job, JobEvent  # noqa: E402  # The same.
from bacowr.jobs.states import DocumentKind, EventType, JobStatus, QcStatus, SignoffStep  # noqa: E402
from bacowr.jobs.texts import Document, QcRun, Signoff  # noqa: E402  # The same.
from bacowr.watch.models import LinkWatch  # noqa: E402  # The same.
from config import from_env  # noqa: E402  # The same.
from tests.plugins.postgres import Launcher  # noqa: E402  # The same.

GOAL_MS, ROUNDS, CHUNK, DAYS = 200, 30, 5000, 365
TOLD, DEALS, PUBLISHERS, BATCH = 3000, 6000, 400, 175
EMAIL, PASSWORD = "reader@example.org", "a long enough password"
STATUSES = {
    JobStatus.DELIVERED: 70,
    JobStatus.BLOCKED: 18,
    JobStatus.ABORTED: 6,
    JobStatus.CANCELED: 4,
    JobStatus.PENDING: 2,
}
WRITERS = (("anthropic", "claude-sonnet-4-5"), ("openai", "gpt-4o-mini"), ("google", "gemini"))
PAGES = {
    "overview": "/overview",
    "analytics, 30 days": "/analytics?days=30",
    "analytics, a year": "/analytics?days=365",
    "analytics, a year, one provider": "/analytics?days=365&provider=openai",
    "API dashboard": "/api/v1/analytics/dashboard",
    "API analytics, a year": "/api/v1/analytics?days=365",
    "API costs, a year": "/api/v1/analytics/costs",
}

Row = dict[str, Any]
dice = random.Random(7)


def team_of_four() -> list[User]:
    made = [
        accounts.create_user(email, role=Role.EDITOR, password=PASSWORD)
        for email in (EMAIL, *(f"colleague-{number}@example.org" for number in range(3)))
    ]
    _join(made)
    return made


@transaction
def _join(people: list[User]) -> None:
    team = Team(name="Bench")
    db.session.add(team)
    db.session.flush()
    for each in people:
        each.team_id = team.id
        quotas.set_limits(each, jobs=quotas.HIGHEST, by=None)


def job_row(number: int, owner_id: str, batch_id: str | None) -> Row:
    at = clock.now() - timedelta(seconds=60 + dice.random() * DAYS * 86400)
    status = dice.choices([*STATUSES], [*STATUSES.values()])[0]
    has_text = status in {JobStatus.DELIVERED, JobStatus.BLOCKED}
    blocked = status is JobStatus.BLOCKED
    order = Order(
        f"publisher-{int(dice.paretovariate(0.6)) % PUBLISHERS}.example",
        f"https://shop.example/guides/{number % 5000}",
        f"a good guide to number {number}",
        llm_provider=dice.choice(["auto", "anthropic", "openai"]),  # type: ignore[arg-type]  # Stored as text.
        writing_strategy=dice.choice(["single_shot", "multi_stage"]),  # type: ignore[arg-type]
    )
    return asdict(order) | {
        "id": new_id(),
        "owner_id": owner_id,
        "batch_id": batch_id,
        "status": status,
        "block_reason": dice.choice(["NEEDS_SIGNOFF", "QC_BLOCKED"]) if blocked else None,
        "error_code": "WRITER_FAILED" if status is JobStatus.ABORTED else None,
        "error_message": "It failed." if status is JobStatus.ABORTED else None,
        "qc_status": dice.choice([*QcStatus]) if has_text else None,
        "qc_score": round(dice.betavariate(6, 2) * 100, 1) if has_text else None,
        "estimated_cost_usd": 0.1,
        "actual_cost_usd": round(dice.uniform(0.02, 0.2), 4) if has_text else None,
        "cost_source": CostSource.MEASURED if has_text else None,
        "created_at": at,
        "updated_at": at,
        "started_at": None if status is JobStatus.PENDING else at,
        "finished_at": None
        if status is JobStatus.PENDING
        else at + timedelta(seconds=dice.uniform(60, 400)),
        "version": 27,
    }


def usage_row(job: Row) -> Row:
    provider, model = dice.choice(WRITERS)
    return {
        "owner_id": job["owner_id"],
        "job_id": job["id"],
        "at": job["finished_at"],
        "provider": provider,
        "model": model,
        "strategy": job["writing_strategy"],
        "input_tokens": 12000,
        "output_tokens": 4500,
        "cost_usd": job["actual_cost_usd"],
        "cost_source": CostSource.MEASURED,
    }


def report() -> Row:
    """Make a report about as long as a real one: some twenty findings with their passages."""
    finding = {
        "code": "X",
        "message": "m" * 120,
        "evidence": {"text": "t" * 300, "passage": "p" * 300},
    }
    return {
        "checks": [
            {
                "name": name,
                "status": dice.choice([*QcStatus]),
                "findings": [finding] * dice.choice([0, 1, 3]),
            }
            for name in CheckName
        ]
    }


def told_rows(job: Row) -> Iterator[tuple[type, Row]]:
    """Give what belongs to an order that has a text: events, the text, its report, signatures."""
    for minute in range(25):
        at = job["created_at"] + timedelta(minutes=minute)
        kind = EventType.DELIVERED if minute == 24 else EventType.STEP_STARTED
        common = {"job_id": job["id"], "at": at, "actor": "w1", "data": {}}
        yield JobEvent, common | {"type": kind, "to_status": job["status"]}
    document = {
        "id": new_id(),
        "job_id": job["id"],
        "kind": DocumentKind.AI_DRAFT,
        "data": {},
        "text": "A word and another. " * 300,
        "sha256": "0" * 64,
        "note": dice.choice([None, "Repaired once, as the checks allow."]),
    }
    yield Document, document
    about = {"job_id": job["id"], "document_id": document["id"]}
    yield QcRun, about | {"status": job["qc_status"], "score": job["qc_score"], "report": report()}
    for step in SignoffStep:
        yield (
            Signoff,
            about
            | {
                "step": step,
                "text_sha256": "0" * 64,
                "signer": "A",
                "answers": {},
                "evidence": {},
                "signed_at": job["finished_at"] + timedelta(hours=9),
            },
        )


def deal_rows(jobs: list[Row]) -> Iterator[tuple[type, Row]]:
    for number, job in enumerate(jobs[:DEALS]):
        deal = {
            "id": new_id(),
            "owner_id": job["owner_id"],
            "placement": dice.choice(
                [Placement.PUBLISHED] * 8 + [Placement.LOST, Placement.AGREED]
            ),
            "publisher_domain": job["publisher_domain"],
            "target_url": job["target_url"],
            "anchor_text": job["anchor_text"],
            "job_id": job["id"],
            "campaign": f"Campaign {number % 12}",
            "match_key": new_id(),
            "expires_on": clock.now().date() + timedelta(days=number % 400),
        }
        yield Backlink, deal
        status = dice.choice([WatchStatus.OK] * 9 + [WatchStatus.FAULTY])
        yield (
            LinkWatch,
            {"owner_id": job["owner_id"], "backlink_id": deal["id"], "status": status},
        )


@transaction
def insert(rows: Iterator[tuple[type, Row]]) -> None:
    by_table: dict[type, list[Row]] = {}
    for table, row in rows:
        by_table.setdefault(table, []).append(row)
    for table, found in by_table.items():
        for start in range(0, len(found), CHUNK):
            db.session.execute(sa.insert(table), found[start : start + CHUNK])


def fill(people: list[User], rows: int) -> list[Row]:
    batches = [
        {"id": new_id(), "owner_id": people[0].id, "name": f"Night {number}", "status": status}
        for number, status in enumerate([BatchStatus.READY_FOR_REVIEW, BatchStatus.COMPLETED] * 3)
    ]
    insert((Batch, each) for each in batches)
    jobs = [
        job_row(
            number,
            people[number % 10 % len(people)].id,
            batches[number // BATCH]["id"] if number // BATCH < len(batches) else None,
        )
        for number in range(rows)
    ]
    insert((Job, each) for each in jobs)
    written = [each for each in jobs if each["actual_cost_usd"] is not None]
    insert((UsageEntry, usage_row(each)) for each in written)
    written.sort(key=lambda each: each["created_at"], reverse=True)
    insert(pair for job in written[:TOLD] for pair in told_rows(job))
    insert(deal_rows(jobs))
    return jobs


@transaction
def touch(job_id: str) -> None:
    """Change an order as any work on it does."""
    moves.lock(db.session.get_one(Job, job_id))


def milliseconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - began)


def signed_in(app: Flask) -> Callable[[str], None]:
    """Sign in, and return a function that asks for a page."""
    client = app.test_client()
    token = client.get("/sign-in").text.split('name="csrf_token" value="')[1].split('"')[0]
    client.post("/sign-in", data={"csrf_token": token, "email": EMAIL, "password": PASSWORD})

    def ask(address: str) -> None:
        for name in list(g):
            g.pop(name)
        answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status}")

    return ask


def measure(app: Flask, jobs: list[Row]) -> None:
    """Ask for every page again and again, and print how long the server took."""
    ask, said = signed_in(app), []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *event: said.append(event[2]))
    recents = sorted(jobs, key=lambda each: each["created_at"], reverse=True)[:200]
    print(f"{'':34}{'median ms':>10}{'p95 ms':>8}{'CPU ms':>8}{'SQL':>5}{'first ms':>10}")
    for name, address in PAGES.items():
        cells.forget()
        recent.memory.clear()
        first = milliseconds(lambda at=address: ask(at))  # type: ignore[misc]  # Bound at once.
        taken, used, counts = [], [], []
        for number in range(ROUNDS):
            if number % 2:
                touch(dice.choice(recents)["id"])
            said.clear()
            before = time.process_time()
            taken.append(milliseconds(lambda at=address: ask(at)))  # type: ignore[misc]
            used.append(1000 * (time.process_time() - before))
            counts.append(len(said))
        taken.sort()
        print(
            f"{name:34}{statistics.median(taken):10.0f}{taken[int(0.95 * len(taken))]:8.0f}"
            f"{statistics.median(used):8.0f}{max(counts):5}{first:10.0f}"
        )
    compare()


def compare() -> None:
    """Add a year up afresh, as every request would have to without what is kept."""
    user = db.session.scalars(sa.select(User).where(User.email == EMAIL)).one()
    year = Period.last(DAYS, today=clock.now().date())
    within = scope.of(user)
    took = [milliseconds(lambda: cells.recount(within, year.since, year.until)) for _ in range(3)]
    print(f"For comparison, a year added up afresh: {statistics.median(took):.0f} ms")


def run(environ: dict[str, str], kind: str, rows: int) -> None:
    app = create_app(from_env(environ | {"LOG_LEVEL": "WARNING"}))
    with app.app_context():
        flask_migrate.upgrade()
        jobs = fill(team_of_four(), rows)
        with db.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql("VACUUM ANALYZE" if kind == "postgresql" else "ANALYZE")
        load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
        print(f"{kind}: {rows:,} orders, {DEALS:,} deals, {os.cpu_count()} cores, load {load}")
        measure(app, jobs)
        db.session.remove()
        db.engine.dispose()


def main() -> None:
    """Measure on one database or on both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000, help="how many orders there are")
    parser.add_argument("--only", choices=["sqlite", "postgresql"], help="on this database alone")
    args = parser.parse_args()
    for kind in ("sqlite", "postgresql"):
        if args.only not in {None, kind}:
            continue
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            environ = {"INSTANCE_DIR": folder, "SECRET_KEY": "x" * 40, "RATE_LIMITS": "off"}
            if kind == "postgresql":
                launcher = Launcher()
                stack.callback(launcher.stop)
                server = launcher.get()
                if server is None:
                    raise SystemExit(f"No PostgreSQL can run here: {launcher.problems}")
                environ["DATABASE_URL"] = server.create_database()
            run(environ, kind, args.rows)
    print(f"Goal for each: {GOAL_MS} ms.")


if __name__ == "__main__":
    main()
