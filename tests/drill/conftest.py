"""A release drill on a database: what it needs, made small or large."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa
from pytest_httpserver import HTTPServer

from bacowr.accounts import service as accounts
from bacowr.accounts.permissions import Role
from bacowr.app import create_app
from bacowr.base import clock
from bacowr.base.db import db
from bacowr.base.types import new_id
from bacowr.jobs.models import Job
from bacowr.jobs.sample import ORDER
from bacowr.jobs.states import JobStatus
from config import from_env
from tests.drill.bookkeeping import Books
from tests.drill.drill import Drill, Scale
from tests.drill.load import Load, Router
from tests.drill.platform import Platform
from tests.drill.processes import Starter
from tests.drill.versions import ROOT, copy_version, next_version
from tests.plugins.application import KEY, PASSWORD
from tests.plugins.sites import Site

SENTENCE = "A bicycle chain that is oiled each month lasts three times as long as one that is not. "
HOME = (
    f"<html lang=en><title>Wheels</title><body><h1>Wheels</h1><p>{SENTENCE * 9}</p></body></html>"
)
GUIDE = (
    f"<html lang=en><title>Oil</title><body><h1>How to oil</h1><p>{SENTENCE * 9}</p></body></html>"
)

NewDrill = Callable[[str, Starter, Scale], Drill]


@pytest.fixture(scope="module")
def pages() -> Iterator[HTTPServer]:
    with HTTPServer(host="127.0.0.1", port=0) as server:
        server.no_handler_status_code = 404
        Site(server).page("/", HOME)
        Site(server).page("/guide", GUIDE)
        yield server


@pytest.fixture
def new_drill(tmp_path: Path, pages: HTTPServer) -> Iterator[NewDrill]:
    """A function that sets the stage: new_drill(url, starter, scale)."""
    with ExitStack() as stack:

        def make(url: str, starter: Starter, scale: Scale) -> Drill:
            platform = Platform(starter, Router(), environ_for(tmp_path, url, pages, scale))
            stack.callback(platform.close)
            now = copy_version("v1", ROOT, tmp_path / "v1")
            then = next_version("v2", now, tmp_path / "v2")
            starter.prepare(now.folder, then.folder)
            platform.release(now)
            key, owner_id, seeded = people(platform.environ, scale.seeded)
            load = Load(platform.router, key, targets(pages), scale.pause_seconds)
            stack.callback(load.end)
            engine = sa.create_engine(url, poolclass=sa.NullPool)
            return Drill(now, then, platform, load, Books(engine), scale, owner_id, seeded)

        yield make


def environ_for(folder: Path, url: str, pages: HTTPServer, scale: Scale) -> dict[str, str]:
    """What app.json sets, and where this installation keeps its things."""
    return {
        "FLASK_APP": "wsgi",
        "DATABASE_URL": url,
        "SECRET_KEY": KEY,
        "INSTANCE_DIR": str(folder / "instance"),
        "DBOPS_BACKUP_DIR": str(folder / "backups"),
        "FETCH_ALLOW_HOSTS": f"localhost:{pages.port},127.0.0.1:{pages.port}",
        "WEB_CONCURRENCY": str(scale.web_processes),
        "WORKER_THREADS": "2",
        "LEASE_SECONDS": "30",
        "RATE_LIMITS": "false",
        "LOG_LEVEL": "WARNING",
    }


def targets(pages: HTTPServer) -> Callable[[int], str]:
    """Most orders lead to a page that is gone, which is soon found out."""
    here = f"http://127.0.0.1:{pages.port}"

    def target_of(number: int) -> str:
        return f"{here}/guide" if number % 5 == 1 else f"{here}/gone"

    return target_of


def people(environ: dict[str, str], rows: int) -> tuple[str, str, list[tuple[str, str]]]:
    """Make somebody with a key who orders, and somebody with many orders from before."""
    app = create_app(from_env(environ))
    with app.app_context():
        editor = accounts.create_user("editor@example.org", role=Role.EDITOR, password=PASSWORD)
        other = accounts.create_user("other@example.org", role=Role.EDITOR, password=PASSWORD)
        _, key = accounts.issue_key(editor, name="the drill", by=editor)
        seeded = [(new_id(), "sv" if number % 3 else "en") for number in range(rows)]
        same = Job(owner_id=other.id, **vars(ORDER)).order
        values = vars(same) | {"owner_id": other.id, "status": JobStatus.CANCELED}
        values |= {"finished_at": clock.now()}
        each = [values | {"id": job, "language": word} for job, word in seeded]
        with db.engine.begin() as connection:
            connection.execute(sa.insert(Job), each)
        db.session.remove()
        db.engine.dispose()
    return key, editor.id, seeded
