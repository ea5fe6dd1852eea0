import pytest
import sqlalchemy as sa
from flask import Flask

from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.base.db import after_commit, db, engine_options, transaction


def user(email: str) -> User:
    return User(email=email, email_normalized=email, role=Role.EDITOR)


@transaction
def add(email: str, *, fail: bool = False) -> None:
    db.session.add(user(email))
    if fail:
        raise LookupError(email)


def stored() -> list[str]:
    db.session.expire_all()
    with db.engine.connect() as other:
        return list(other.scalars(sa.select(User.email).order_by(User.email)))


def test_a_unit_of_work_is_stored_whole(app: Flask) -> None:
    del app
    add("a@example.org")
    assert stored() == ["a@example.org"]


def test_an_error_leaves_nothing_behind(app: Flask) -> None:
    del app
    with pytest.raises(LookupError):
        add("a@example.org", fail=True)
    assert stored() == []


def test_a_nested_call_joins_the_outermost(app: Flask) -> None:
    del app

    @transaction
    def both() -> None:
        add("a@example.org")
        assert stored() == []
        add("b@example.org", fail=True)

    with pytest.raises(LookupError):
        both()
    assert stored() == []


def test_after_commit_runs_once_the_data_is_safe(app: Flask) -> None:
    del app
    seen: list[list[str]] = []

    @transaction
    def outer() -> None:
        after_commit(lambda: seen.append(stored()))
        add("a@example.org")
        assert not seen

    outer()
    assert seen == [["a@example.org"]]


def test_after_commit_does_not_run_when_nothing_is_stored(app: Flask) -> None:
    del app
    seen: list[str] = []

    @transaction
    def failing() -> None:
        after_commit(lambda: seen.append("ran"))
        raise LookupError

    with pytest.raises(LookupError):
        failing()
    assert not seen


def test_a_failing_callback_is_logged_and_the_next_one_runs(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    del app
    seen: list[str] = []

    def broken() -> None:
        raise LookupError("queue is down")

    @transaction
    def outer() -> None:
        after_commit(broken)
        after_commit(lambda: seen.append("ran"))

    outer()
    assert seen == ["ran"]
    assert "after_commit_failed" in caplog.text


def test_after_commit_needs_a_unit_of_work(app: Flask) -> None:
    del app
    with pytest.raises(RuntimeError, match="@transaction"):
        after_commit(lambda: None)


def test_foreign_keys_are_enforced(app: Flask) -> None:
    del app
    insert = (
        "INSERT INTO login_sessions (id, user_id, token_hash, created_at, expires_at)"
        " VALUES ('s', 'nobody', 'h', '2026-01-01', '2026-01-01')"
    )
    with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
        connection.exec_driver_sql(insert)


def test_a_savepoint_that_writes_first_is_undone_with_the_rest(app: Flask) -> None:
    del app

    @transaction
    def savepoint_first() -> None:
        with db.session.begin_nested():
            db.session.add(user("a@example.org"))
        raise LookupError

    with pytest.raises(LookupError):
        savepoint_first()
    assert stored() == []


def test_only_a_database_in_a_file_gets_a_larger_pool() -> None:
    assert engine_options("sqlite:////tmp/a.sqlite3")["pool_size"] == 16
    for url in ("sqlite://", "sqlite:///:memory:"):
        assert "pool_size" not in engine_options(url)
