"""The chain of the audit log: what is written holds, and whatever is done to it is found."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bacowr.audit import chain, service
from bacowr.audit.models import AuditEvent, AuditHead
from bacowr.audit.verifying import verify
from bacowr.base.db import db, transaction
from tests.audit.conftest import Meddle, Write, row_at

ROWS = 6
CHANGED = {
    "id": "another",
    "actor_id": "somebody",
    "actor_label": "somebody@example.org",
    "action": "thing.unmake",
    "resource_type": "others",
    "resource_id": "another",
    "data": {"number": 99},
    "previous_hash": "1" * 64,
    "hash": "2" * 64,
}

ACTS = st.one_of(
    st.tuples(st.just("change"), st.integers(1, ROWS), st.sampled_from([*CHANGED, "at"])),
    st.tuples(st.just("remove"), st.integers(1, ROWS), st.none()),
    st.tuples(st.just("loosen"), st.integers(1, ROWS), st.none()),
    st.tuples(st.just("swap"), st.integers(1, ROWS - 1), st.integers(1, ROWS)),
)


def test_rows_hold_as_they_were_written(write: Write) -> None:
    write(ROWS)

    verdict = verify()

    assert verdict.is_whole
    assert verdict.checked == ROWS
    head = db.session.get(AuditHead, chain.MAIN)
    assert head
    assert (head.sequence, head.hash) == (ROWS, verdict.head)


def test_an_empty_log_holds(app: Flask) -> None:
    del app
    verdict = verify()

    assert verdict.is_whole
    assert (verdict.checked, verdict.head) == (0, None)


def test_numbers_and_letters_hold_on_every_database(write: Write) -> None:
    """PostgreSQL gives 1e16 back as a whole number, and sorts keys its own way."""
    write(1, big=1e16, small=0.000001, half=0.50, whole=2.0, text="Å\u2028é", b=None, aa=[1, True])

    assert verify().is_whole


def test_rows_of_before_are_counted_only(write: Write, meddle: Meddle) -> None:
    old = {"actor_label": "a@example.org", "action": "job.create", "data": {}}
    meddle(sa.insert(AuditEvent).values(id="x", resource_type="jobs", resource_id="1", **old))
    write(2)

    verdict = verify()

    assert verdict.is_whole
    assert (verdict.checked, verdict.unchained) == (2, 1)


def test_what_a_savepoint_takes_back_has_no_place(app: Flask) -> None:
    del app

    @transaction
    def work() -> None:
        service.note("thing.make", "things", "kept", actor=None)
        with db.session.begin_nested() as savepoint:
            service.note("thing.make", "things", "taken back", actor=None)
            db.session.flush()
            savepoint.rollback()
        with db.session.begin_nested():
            service.note("thing.make", "things", "kept too", actor=None)

    work()

    rows = db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.sequence)).all()
    assert [(row.sequence, row.resource_id) for row in rows] == [(1, "kept"), (2, "kept too")]
    assert verify().is_whole


def test_what_is_rolled_back_has_no_place(write: Write) -> None:
    @transaction
    def fail() -> None:
        service.note("thing.make", "things", "never", actor=None)
        raise LookupError

    write(1)
    with pytest.raises(LookupError):
        fail()
    write(1)

    assert verify().checked == 2


def test_writers_side_by_side_make_one_chain(app: Flask) -> None:
    @transaction
    def one(name: str) -> None:
        service.note("thing.make", "things", name, actor=None)

    def many(name: str) -> None:
        for number in range(10):
            with app.app_context():
                one(f"{name}-{number}")

    threads = [threading.Thread(target=many, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    verdict = verify()
    assert verdict.is_whole
    assert verdict.checked == 40


@given(act=ACTS)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_meddling_is_found(act: tuple[str, int, Any], write: Write, meddle: Meddle) -> None:
    meddle(sa.delete(AuditEvent))
    meddle(sa.delete(AuditHead))
    write(ROWS)
    kind, place, more = act
    meddlings: dict[str, Callable[[Meddle, int, Any], None]] = {
        "change": _change,
        "remove": _remove,
        "loosen": _loosen,
        "swap": _swap,
    }
    meddlings[kind](meddle, place, more)

    broken = verify().broken

    assert broken
    assert broken.sequence == (min(place, more) if kind == "swap" else place)


def _change(meddle: Meddle, place: int, column: str) -> None:
    values: dict[str, Any] = {column: CHANGED.get(column)}
    if column == "at":
        moment = db.session.scalar(sa.select(AuditEvent.at).where(row_at(place)))
        assert moment
        values = {"at": moment.replace(year=moment.year - 1)}
    meddle(sa.update(AuditEvent).where(row_at(place)).values(**values))


def _remove(meddle: Meddle, place: int, _more: object) -> None:
    meddle(sa.delete(AuditEvent).where(row_at(place)))


def _loosen(meddle: Meddle, place: int, _more: object) -> None:
    nothing = {"sequence": None, "previous_hash": None, "hash": None}
    meddle(sa.update(AuditEvent).where(row_at(place)).values(**nothing))


def _swap(meddle: Meddle, place: int, other: int) -> None:
    if place == other:
        other = ROWS
    for source, target in ((place, 100), (other, place), (100, other)):
        meddle(sa.update(AuditEvent).where(row_at(source)).values(sequence=target))


def test_a_cut_at_the_end_is_found_and_named(write: Write, meddle: Meddle) -> None:
    write(ROWS)
    meddle(sa.delete(AuditEvent).where(AuditEvent.sequence >= 4))

    broken = verify().broken

    assert broken
    assert broken.reason == "Rows 4 to 6 are missing at the end."


def test_a_chain_whose_end_was_written_anew_is_found(write: Write, meddle: Meddle) -> None:
    write(2)
    row = db.session.scalars(sa.select(AuditEvent).where(row_at(2))).one()
    row.action = "thing.forged"
    forged = {"action": "thing.forged", "hash": chain.hash_of(row)}
    db.session.rollback()
    meddle(sa.update(AuditEvent).where(row_at(2)).values(**forged))

    broken = verify().broken

    assert broken
    assert broken.reason == "It is not the row that was written here last."


def test_a_missing_note_of_the_end_is_found(write: Write, meddle: Meddle) -> None:
    write(2)
    meddle(sa.delete(AuditHead))

    assert verify().broken
