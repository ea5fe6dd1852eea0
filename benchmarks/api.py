"""How fast the API is: a list of 50 from 100,000 jobs, and orders, as a real server gives them.

    python benchmarks/api.py               # on SQLite
    python benchmarks/api.py --postgres    # on a throw-away PostgreSQL

Starts gunicorn as gunicorn.conf.py says, on a database of its own, and asks it from a process of
its own (benchmarks/load.py) over 8 connections that stay open. Every figure is the median of
several rounds. Log lines are written, to a file. Nothing here is a test: figures depend on the
machine and on what else it does.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import flask_migrate  # noqa: E402  # The project must be importable first.
import sqlalchemy as sa  # noqa: E402  # The same.

from bacowr.accounts import quotas  # noqa: E402  # The same.
from bacowr.accounts import service as accounts  # noqa: E402  # The same.
from bacowr.accounts.permissions import Role  # noqa: E402  # The same.
from bacowr.app import create_app  # noqa: E402  # The same.
from bacowr.base import clock  # noqa: E402  # The same.
from bacowr.base.db import db, transaction  # noqa: E402  # The same.
from bacowr.base.types import new_id  # noqa: E402  # The same.
from bacowr.engine.order import Order  # noqa: E402  # The same.
from bacowr.jobs.models import Job  # noqa: E402  # The same.
from bacowr.jobs.states import JobStatus  # noqa: E402  # The same.
from config import from_env  # noqa: E402  # The same.
from tests.plugins.postgres import Launcher  # noqa: E402  # The same.

GOAL, OLDER = 250, 50
CHUNK = 5000
# Named here, these need no name server: its answers are not what is measured.
ALLOWED = "publisher.test:80,target.test:8080"
ORDER = Order("publisher.test", "http://target.test:8080/page", "a good read")
BODY = json.dumps(
    {
        "publisher_domain": ORDER.publisher_domain,
        "target_url": ORDER.target_url,
        "anchor_text": "anchor UNIQUE",
    }
)
REQUESTS = {
    "GET  /api/v1/jobs?page_size=50": ("GET", "/api/v1/jobs?page_size=50", ""),
    "GET  … &page=1000": ("GET", "/api/v1/jobs?page_size=50&page=1000", ""),
    "GET  … &status=delivered": ("GET", "/api/v1/jobs?page_size=50&status=delivered", ""),
    "POST /api/v1/jobs": ("POST", "/api/v1/jobs", BODY),
}


@dataclass(frozen=True)
class Figures:
    """One round of one request."""

    per_second: float
    p50_ms: float
    p99_ms: float
    server_ms: float
    client_ms: float


@contextmanager
def database(folder: Path, *, postgres: bool) -> Iterator[dict[str, str]]:
    """Give the environment of an installation with an empty database."""
    environ = {
        "INSTANCE_DIR": str(folder / "instance"),
        "FETCH_ALLOW_HOSTS": ALLOWED,
        "RATE_LIMITS": os.environ.get("RATE_LIMITS", "off"),
        "SECRET_KEY": "only-for-this-benchmark-" + new_id(),
    }
    if not postgres:
        yield environ
        return
    launcher = Launcher()
    server = launcher.get()
    if server is None:
        raise SystemExit(f"No PostgreSQL can run here: {launcher.problems}")
    try:
        yield environ | {"DATABASE_URL": server.create_database()}
    finally:
        launcher.stop()


@transaction
def fill(owner_id: str, rows: int) -> None:
    """Store jobs of one person: seven in ten delivered, the rest in every other status."""
    end = clock.now()
    for start in range(0, rows, CHUNK):
        db.session.execute(
            sa.insert(Job),
            [row(owner_id, number, end) for number in range(start, min(start + CHUNK, rows))],
        )


def row(owner_id: str, number: int, end: Any) -> dict[str, Any]:  # noqa: ANN401  # A moment.
    status = (JobStatus.PENDING, JobStatus.CANCELED, JobStatus.BLOCKED, JobStatus.DELIVERED)[
        min(number % 10, 3)
    ]
    at = end - timedelta(seconds=number * 20)
    return asdict(ORDER) | {
        "id": new_id(),
        "owner_id": owner_id,
        "anchor_text": f"a good read about number {number}",
        "status": status,
        "block_reason": "TARGET_HTTP" if status is JobStatus.BLOCKED else None,
        "created_at": at,
        "updated_at": at,
        "finished_at": None if status is JobStatus.PENDING else at,
    }


def prepare(environ: dict[str, str], rows: int) -> tuple[str, dict[str, int]]:
    """Migrate and fill the database; return a key, and how many statements each request costs."""
    app = create_app(from_env(environ | {"LOG_LEVEL": "WARNING"}))
    with app.app_context():
        flask_migrate.upgrade()
        user = accounts.create_user("bench@example.org", role=Role.EDITOR, password=None)
        _, key = accounts.issue_key(user, name="benchmark", by=None)
        quotas.set_limits(user, jobs=quotas.HIGHEST, by=None)
        fill(user.id, rows)
        with db.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
        counts = count_statements(app.test_client(), key)
        db.session.remove()
        db.engine.dispose()
    return key, counts


def count_statements(client: Any, key: str) -> dict[str, int]:  # noqa: ANN401  # Flask's client.
    found: list[str] = []
    headers = {"X-API-Key": key, "Content-Type": "application/json"}
    client.get("/api/v1/auth/me", headers=headers)  # Notes the key's use, once in five minutes.
    sa.event.listen(db.engine, "before_cursor_execute", lambda *event: found.append(event[2]))
    counts = {}
    for name, (method, path, body) in REQUESTS.items():
        for _ in range(2):  # A list counts once after each write, and is measured without any.
            found.clear()
            client.open(path, method=method, headers=headers, data=body or None)
        counts[name] = len(found)
    return counts


@contextmanager
def serving(environ: dict[str, str], folder: Path, options: list[str]) -> Iterator[tuple[int, int]]:
    """Start the server; give its port and its process once it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*command, *options], cwd=ROOT, env=os.environ | environ, stdout=log, stderr=log
        )
        try:
            wait_for(port)
            yield port, server.pid
        finally:
            server.terminate()
            server.wait(30)


def wait_for(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The server did not start.")


def cpu_seconds(parent: int) -> float:
    """Return what the server's workers have used of the processors so far; 0 without /proc."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # It ended meanwhile.
        if int(fields[1]) == parent:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(server: tuple[int, int], key: str, name: str, seconds: float) -> Figures:
    """Ask the same for a while; exit when anything is refused."""
    method, path, body = REQUESTS[name]
    plan = {
        "port": server[0],
        "method": method,
        "path": path,
        "body": body,
        "headers": {"x-api-key": key, "content-type": "application/json"},
        "connections": 8,
        "seconds": seconds,
    }
    load = [sys.executable, str(ROOT / "benchmarks" / "load.py")]
    used = cpu_seconds(server[1])
    done = subprocess.run(load, input=json.dumps(plan), capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    if set(answer["statuses"]) - {"200", "201"}:
        raise SystemExit(f"{name} was refused: {answer['statuses']}")
    times = answer["seconds"]
    if not times:
        raise SystemExit(f"{name} was not answered once in {seconds} seconds.")
    return Figures(
        len(times) / answer["took"],
        times[len(times) // 2] * 1000,
        times[int(len(times) * 0.99)] * 1000,
        (cpu_seconds(server[1]) - used) / len(times) * 1000,
        answer["cpu_seconds"] / len(times) * 1000,
    )


def median(rounds: list[Figures]) -> Figures:
    columns = zip(*(asdict(each).values() for each in rounds), strict=True)
    return Figures(*(statistics.median(column) for column in columns))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL, not on SQLite")
    parser.add_argument("--rows", type=int, default=100_000, help="how many jobs there are")
    parser.add_argument("--seconds", type=float, default=4, help="how long one round takes")
    parser.add_argument("--rounds", type=int, default=5, help="how many rounds to take")
    parser.add_argument("gunicorn", nargs="*", help="options for gunicorn, after --")
    args = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        environ = stack.enter_context(database(folder, postgres=args.postgres))
        key, counts = prepare(environ, args.rows)
        server = stack.enter_context(serving(environ, folder, args.gunicorn))
        kind = "PostgreSQL" if args.postgres else "SQLite"
        print(f"{kind}, {args.rows:,} jobs of one person, 8 connections, {args.rounds} rounds")
        load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
        print(f"{os.cpu_count()} cores, load of the machine before the first round: {load}")
        print(f"{'':32}{'requests/s':>11}{'p50 ms':>8}{'p99 ms':>8}{'SQL':>5}", end="")
        print(f"{'server CPU ms':>15}{'client CPU ms':>15}")
        for name in REQUESTS:
            measure(server, key, name, 0.5)
            best = median([measure(server, key, name, args.seconds) for _ in range(args.rounds)])
            print(
                f"{name:32}{best.per_second:11.0f}{best.p50_ms:8.1f}{best.p99_ms:8.1f}"
                f"{counts[name]:5}{best.server_ms:15.2f}{best.client_ms:15.2f}"
            )
    print(f"Goal for the list: {GOAL} a second. The older backend of this product: {OLDER}.")


if __name__ == "__main__":
    main()
