from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.base import tally
from bacowr.base.db import db, transaction
from bacowr.base.types import new_id

Counting = Callable[[], int]


def count_users() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(User)) or 0


@pytest.fixture
def counted(app: Flask) -> list[int]:
    """What was counted, each time that it was."""
    del app
    return []


@pytest.fixture
def total(counted: list[int]) -> Counting:
    """The remembered count of all users."""

    def count() -> int:
        counted.append(count_users())
        return counted[-1]

    return lambda: tally.remembered("users", count)


def new_row() -> dict[str, object]:
    made = new_id()
    return {"id": made, "email": made, "email_normalized": made, "role": Role.EDITOR}


@transaction
def add() -> None:
    db.session.execute(sa.insert(User), [new_row()])


@transaction
def remove() -> None:
    first = db.session.scalar(sa.select(User.id).limit(1))
    db.session.execute(sa.delete(User).where(User.id == first))


def add_elsewhere() -> None:
    with db.engine.begin() as connection:
        connection.execute(sa.insert(User), [new_row()])


def remove_elsewhere() -> None:
    with db.engine.begin() as connection:
        first = connection.scalar(sa.select(User.id).limit(1))
        connection.execute(sa.delete(User).where(User.id == first))


def test_a_count_is_remembered_while_nobody_writes(total: Counting, counted: list[int]) -> None:
    add()
    asked = 20
    assert {total() for _ in range(asked)} == {1}
    # Whoever else writes on the same server makes it count again.
    assert 1 <= len(counted) < asked


def test_keys_do_not_meet(app: Flask) -> None:
    del app
    for _ in range(20):
        assert tally.remembered(("a", 1), lambda: 1) == 1
        assert tally.remembered(("a", 2), lambda: 2) == 2


WRITES = [add, remove, add_elsewhere, remove_elsewhere]


@given(steps=st.lists(st.sampled_from(WRITES), max_size=8))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_remembered_count_is_always_right(
    total: Counting, steps: list[Callable[[], None]]
) -> None:
    for step in steps:
        step()
        assert total() == count_users()
        db.session.remove()
        assert total() == count_users()


def test_a_unit_of_work_sees_its_own_rows(total: Counting) -> None:
    @transaction
    def write() -> list[int]:
        seen = [total()]
        db.session.execute(sa.insert(User), [new_row()])
        return [*seen, total()]

    assert total() == 0
    assert write() == [0, 1]
    assert total() == 1


def test_what_is_rolled_back_was_never_counted(total: Counting) -> None:
    @transaction
    def fail() -> None:
        db.session.execute(sa.insert(User), [new_row()])
        assert total() == 1
        raise LookupError

    assert total() == 0
    with pytest.raises(LookupError):
        fail()
    assert total() == 0


def test_memory_is_bounded(app: Flask) -> None:
    del app
    for number in range(tally.MOST + 5):
        assert tally.remembered(number, lambda: number) == number  # noqa: B023  # Called at once.
    _, totals = db.session.connection().info[tally.MEMORY]
    assert len(totals) <= tally.MOST
