"""The queue: it carries ids, and what happens to it does no harm."""

from __future__ import annotations

import gc
import threading
from pathlib import Path

import pytest
import redis
import sqlalchemy as sa
from flask import Flask
from huey.api import RedisHuey

from bacowr.app import create_app
from bacowr.jobs import queue
from bacowr.jobs.queue import Queue
from config import Settings


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'queue.sqlite3'}"
    made: str = request.getfixturevalue("postgres_url")
    return made.replace("postgresql+psycopg:", "postgresql:")


def run_next(line: Queue) -> bool:
    """Do what a consumer does for one task; tell whether there was one."""
    task = line.huey.dequeue()
    if task is not None:
        line.huey.execute(task)
    return task is not None


def test_ids_come_out_in_their_order_and_once(url: str) -> None:
    line, done = Queue(url), list[str]()
    for job_id in ("a", "b", "c"):
        line.put(job_id)
    assert line.waiting() == {"a", "b", "c"}
    line.serve(done.append)
    while run_next(line):
        pass
    assert done == ["a", "b", "c"]
    assert line.waiting() == frozenset()
    line.close()


def test_one_process_puts_in_what_another_takes_out(url: str) -> None:
    web, worker, done = Queue(url), Queue(url), list[str]()
    worker.serve(done.append)
    web.put("a")
    assert run_next(worker)
    assert done == ["a"]
    web.close()
    worker.close()


def test_a_process_that_only_puts_in_takes_nothing_out(url: str) -> None:
    line = Queue(url)
    with pytest.raises(RuntimeError, match="takes none out"):
        line._perform("a")
    line.close()


def test_a_closed_queue_opens_again(url: str) -> None:
    line = Queue(url)
    line.put("a")
    line.close()
    line.put("b")
    assert line.waiting() == {"a", "b"}
    line.close()


def test_many_processes_may_open_it_for_the_first_time_at_once(url: str) -> None:
    start, failures = threading.Barrier(8), list[Exception]()

    def open_it(number: int) -> None:
        line = Queue(url)
        start.wait()
        try:
            line.put(str(number))
        except Exception as error:  # noqa: BLE001  # Whatever it is, the test shows it.
            failures.append(error)
        line.close()

    threads = [threading.Thread(target=open_it, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    line = Queue(url)
    assert len(line.waiting()) == 8
    line.close()


@pytest.mark.postgres
def test_no_migration_sees_the_tables_in_postgresql(postgres_url: str) -> None:
    line = Queue(postgres_url.replace("postgresql+psycopg:", "postgresql:"))
    line.put("a")
    line.close()
    engine = sa.create_engine(postgres_url)
    assert sa.inspect(engine).get_table_names() == []
    assert "huey_task" in sa.inspect(engine).get_table_names(schema=queue.SCHEMA)
    engine.dispose()


def test_a_file_that_is_taken_away_is_made_again_while_in_use(tmp_path: Path) -> None:
    path = tmp_path / "queue.sqlite3"
    web, worker = Queue(f"sqlite:///{path}"), Queue(f"sqlite:///{path}")
    web.put("lost")
    assert worker.waiting() == {"lost"}
    for file in tmp_path.iterdir():
        file.unlink()
    assert worker.waiting() == frozenset()
    web.put("kept")
    assert worker.waiting() == {"kept"}
    web.close()
    worker.close()


def test_redis_is_asked_only_when_it_is_used() -> None:
    line = Queue("redis://127.0.0.1:9/0")
    assert isinstance(line.huey, RedisHuey)
    with pytest.raises(redis.exceptions.ConnectionError):
        line.put("a")


def test_each_application_has_its_own(app: Flask, settings: Settings) -> None:
    mine = queue.current()
    other = create_app(settings)
    with other.app_context():
        assert queue.current() is not mine
        assert queue.current().url == settings.queue_url
    with app.app_context():
        assert queue.current() is mine


def test_a_database_without_a_queue_says_so(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    del app
    monkeypatch.setattr(queue, "_attached", {})
    with pytest.raises(LookupError, match="No queue"):
        queue.current()


def test_a_forgotten_queue_lets_go_of_its_file(tmp_path: Path) -> None:
    line = Queue(f"sqlite:///{tmp_path / 'queue.sqlite3'}")
    line.put("a")
    storage = line.huey.storage
    del line
    gc.collect()
    assert storage._conn is None
