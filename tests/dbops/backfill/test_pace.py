"""The pace of a backfill: bigger while it is quick, smaller when it is in the way."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bacowr.dbops.backfill import pace as module
from bacowr.dbops.backfill.budget import Budget, TimeIsUp
from bacowr.dbops.backfill.heartbeat import beating
from bacowr.dbops.backfill.pace import LEAST_SIZE, MOST_SIZE, Pace
from bacowr.dbops.backfill.store import Status, Store, ensure, is_dead, new_owner

if TYPE_CHECKING:
    from collections.abc import Callable

WAIT_SECONDS = 30


class Sleepless(Budget):
    """Notes what would be slept."""

    slept: list[float]

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def make_pace(*, is_sqlite: bool = False) -> tuple[Pace, list[float]]:
    budget = Sleepless(60)
    slept: list[float] = []
    object.__setattr__(budget, "slept", slept)
    return Pace(budget, is_sqlite), slept


@given(st.lists(st.floats(0, 60) | st.none()), st.sampled_from(["sqlite", "postgresql"]))
def test_a_batch_is_never_empty_nor_without_bounds(
    durations: list[float | None], database: str
) -> None:
    pace, _ = make_pace(is_sqlite=database == "sqlite")
    for duration in durations:
        before = pace.size
        if duration is None:
            pace.hinder()
            assert pace.size <= before
        else:
            pace.note(duration)
            assert before // 2 <= pace.size <= 2 * before
        assert LEAST_SIZE <= pace.size <= MOST_SIZE


def test_who_is_hindered_again_and_again_waits_longer_up_to_a_limit() -> None:
    pace, slept = make_pace()
    for _ in range(40):
        pace.hinder()
    assert slept[0] <= 0.1
    assert slept[0] < slept[-1] <= module.MOST_PAUSE
    pace.note(0.1)
    assert pace.hindered == 0


def test_sqlite_gets_a_rest_long_enough_for_all_who_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BREATHER_EVERY_SECONDS", 0.0)
    for is_sqlite, wanted in ((True, True), (False, False)):
        pace, slept = make_pace(is_sqlite=is_sqlite)
        pace.rest()
        assert (slept[0] > 0.1) is wanted


@pytest.mark.postgres
def test_it_stands_back_for_those_who_wait_and_for_long_transactions(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY_SECONDS", 0.0)
    engine = sa.create_engine(postgres_url, poolclass=sa.NullPool)
    pace, slept = make_pace()
    with engine.connect() as ours, engine.connect() as other, engine.connect() as look:
        reader = look.execution_options(isolation_level="AUTOCOMMIT")
        pid = ours.scalar(sa.text("SELECT pg_backend_pid()"))
        ours.execute(sa.text("CREATE TABLE held (id int)"))
        ours.commit()
        size = pace.size
        pace.look(reader, pid)
        assert (pace.size, slept) == (size, [])
        ours.execute(sa.text("LOCK TABLE held"))
        waiting = threading.Thread(target=lambda: other.execute(sa.text("LOCK TABLE held")))
        waiting.start()
        asked = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        while not reader.scalar(asked):
            pass
        pace.look(reader, pid)
        assert (pace.size, slept) == (size // 2, [])
        ours.rollback()
        waiting.join(WAIT_SECONDS)
        monkeypatch.setattr(
            module, "WAITING", sa.text(module.WAITING.text.replace("5 minutes", "0 seconds"))
        )
        for _ in range(module.MOST_STANDING_BACK + 2):
            other.execute(sa.text("SELECT 1"))
            pace.look(reader, pid)
        assert slept == [module.MOST_PAUSE] * (module.MOST_STANDING_BACK - 1)


@pytest.mark.postgres
def test_the_lease_is_prolonged_while_a_batch_takes_long(postgres_url: str) -> None:
    engine = sa.create_engine(postgres_url, poolclass=sa.NullPool)
    store = Store()
    with engine.begin() as connection:
        ensure(connection)
        store.add(connection, Status("a2"))
        begun = store.find(connection, "a2")
        assert begun is not None
        assert store.claim(connection, begun)
        connection.execute(store.table.update().values(lease_until_ms=1))
    with beating(engine, store, "a2", every=0.01), engine.connect() as connection:
        while (store.find(connection, "a2") or begun).lease_until_ms == 1:
            connection.rollback()


def test_a_budget_ends_a_sleep_and_a_run() -> None:
    stopped = threading.Event()
    budget = Budget(3600, stopped.is_set)
    budget.check()
    budget.sleep(0.001)
    stopped.set()
    budget.sleep(3600)
    with pytest.raises(TimeIsUp):
        budget.check()
    assert Budget(0).is_spent


def test_the_dead_are_known_only_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = new_owner()
    assert not is_dead(owner)
    assert not is_dead("")
    assert not is_dead("elsewhere:1:abc")
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    host = owner.partition(":")[0]
    assert is_dead(f"{host}:{child}:abc")

    def forbidden(_pid: int, _number: int) -> None:
        raise PermissionError

    kill: Callable[[int, int], None] = forbidden
    monkeypatch.setattr(os, "kill", kill)
    assert not is_dead(f"{host}:{child}:abc")
