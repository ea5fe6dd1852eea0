"""How fast the review of a batch opens: the list of 1,000 items, as the server makes it.

    python benchmarks/review.py            # on SQLite, in a folder of its own

Prints the median and the 95th percentile of the server's time for the page, how many SQL
statements it takes, and how long the page is. Nothing here is a test: figures depend on the
machine and on what else it does.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import flask_migrate  # noqa: E402  # The project must be importable first.
import sqlalchemy as sa  # noqa: E402  # The same.
from flask import Flask, g  # noqa: E402  # The same.

from bacowr.accounts import service as accounts  # noqa: E402  # The same.
from bacowr.accounts.models import User  # noqa: E402  # The same.
from bacowr.accounts.permissions import Role  # noqa: E402  # The same.
from bacowr.app import create_app  # noqa: E402  # The same.
from bacowr.base import clock  # noqa: E402  # The same.
from bacowr.base.db import db, transaction  # noqa: E402  # The same.
from bacowr.batches.models import Batch, BatchStatus  # noqa: E402  # The same.
from bacowr.engine.order import Order  # noqa: E402  # The same.
from bacowr.jobs.models import Job  # noqa: E402  # The same.
from bacowr.jobs.states import JobStatus, QcStatus  # noqa: E402  # The same.
from config import from_env  # noqa: E402  # The same.

GOAL_MS, ITEMS, ROUNDS = 150, 1000, 30
EMAIL, PASSWORD = "reviewer@example.org", "a long enough password"
QC = tuple(QcStatus)


@transaction
def fill(owner: User) -> str:
    """Make a batch of jobs that have all ended."""
    batch = Batch(owner_id=owner.id, name="Bench", status=BatchStatus.READY_FOR_REVIEW)
    db.session.add(batch)
    db.session.flush()
    for row in range(ITEMS):
        db.session.add(
            Job(
                owner_id=owner.id,
                batch_id=batch.id,
                batch_row=row,
                **asdict(
                    Order(
                        f"publisher-{row}.example",
                        f"https://shop.example/guides/{row}",
                        f"a good guide to number {row}",
                    )
                ),
                status=JobStatus.DELIVERED,
                finished_at=clock.now(),
                qc_status=QC[row % len(QC)],
                qc_score=float(row % 100),
            )
        )
    return batch.id


def measure(app: Flask, address: str) -> None:
    """Ask for the page again and again, and print how long the server took."""
    client, statements = app.test_client(), []
    with client.session_transaction() as session:
        session.clear()
    page = client.get("/sign-in").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    client.post("/sign-in", data={"csrf_token": token, "email": EMAIL, "password": PASSWORD})
    client.get(address)  # Makes the items.
    sa.event.listen(sa.Engine, "before_cursor_execute", lambda *said: statements.append(said[2]))
    taken = []
    for _ in range(ROUNDS):
        for name in list(g):
            g.pop(name)
        statements.clear()
        began = time.perf_counter()
        answer = client.get(address)
        taken.append(1000 * (time.perf_counter() - began))
        assert answer.status_code == 200, answer.status
        assert answer.text.count("data-item=") == ITEMS
    taken.sort()
    median, slow = statistics.median(taken), taken[int(0.95 * len(taken))]
    print(
        f"{ITEMS} items: median {median:.0f} ms, 95th percentile {slow:.0f} ms"
        f" (goal {GOAL_MS} ms), {len(statements)} statements, {len(answer.data) // 1024} KB"
    )


def main() -> None:
    """Make an installation of its own, and measure it."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {"INSTANCE_DIR": folder, "SECRET_KEY": "x" * 40, "LOG_LEVEL": "WARNING"}
        app = create_app(from_env(environ | {"RATE_LIMITS": "off"}))
        with app.app_context():
            flask_migrate.upgrade()
            owner = accounts.create_user(EMAIL, role=Role.EDITOR, password=PASSWORD)
            batch_id = fill(owner)
            measure(app, f"/batches/{batch_id}/review")
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    main()
