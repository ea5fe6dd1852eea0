"""The state machine of a backfill, played against a model by two owners."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from bacowr.dbops.backfill.states import MOVES, PAUSE, RESUME, UNFINISHED, Move, State
from bacowr.dbops.backfill.store import Status, Store, ensure

if TYPE_CHECKING:
    from collections.abc import Iterator

engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)


@contextmanager
def database() -> Iterator[sa.Connection]:
    """Give a transaction on an empty table, the same one for all examples."""
    with engine.begin() as connection:
        ensure(connection)
        connection.execute(Store().table.delete())
        yield connection


@given(st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 1)), max_size=30))
@settings(max_examples=40)
def test_only_the_moves_on_the_page_are_made(plays: list[tuple[Move, int]]) -> None:
    stores = (Store(owner="one:1:a"), Store(owner="two:2:b"))
    expected = State.PENDING
    with database() as connection:
        stores[0].add(connection, Status("a2"))
        for move, player in plays:
            allowed = expected in move.sources
            assert stores[player].move(connection, move, "a2") is allowed
            expected = move.target if allowed else expected
            found = stores[0].find(connection, "a2")
            assert found is not None
            assert found.state is expected
            assert bool(found.owner) is (expected is State.RUNNING)
            if allowed and expected is State.RUNNING:
                assert found.owner == stores[player].owner


def test_every_state_can_be_reached_and_left() -> None:
    assert {move.target for move in MOVES} == set(State)
    assert frozenset().union(*(move.sources for move in MOVES)) == set(State)


@given(st.lists(st.sampled_from(["claim", "hold", "let_go", "pause"]), max_size=12))
@settings(max_examples=25)
def test_a_backfill_is_in_one_owners_hands(plays: list[str]) -> None:
    ours, theirs = Store(owner="one:1:a"), Store(owner="two:2:b")
    with database() as connection:
        ours.add(connection, Status("a2"))
        for play in plays:
            before = ours.find(connection, "a2")
            assert before is not None
            if play == "claim":
                assert ours.claim(connection, before) is (before.state is State.PENDING)
            elif play == "hold":
                assert ours.hold(connection, "a2", batches=1) is (before.owner == ours.owner)
            elif play == "let_go":
                assert ours.let_go(connection, "a2") is (before.owner == ours.owner)
            else:
                assert theirs.move(connection, PAUSE, "a2") is (before.state in UNFINISHED)
                assert theirs.move(connection, RESUME, "a2")
            assert not theirs.hold(connection, "a2", batches=9)


def test_a_backfill_whose_lease_ran_out_is_taken_over() -> None:
    ours, theirs = Store(owner="one:1:a"), Store(owner="two:2:b")
    with database() as connection:
        ours.add(connection, Status("a2"))
        begun = ours.find(connection, "a2")
        assert begun is not None
        assert ours.claim(connection, begun)
        running = ours.find(connection, "a2")
        assert running is not None
        assert not theirs.claim(connection, running)
        connection.execute(ours.table.update().values(lease_until_ms=0))
        assert theirs.claim(connection, running)
        assert not ours.hold(connection, "a2", batches=1)


def test_a_row_of_a_newer_release_is_read_and_an_older_table_is_widened() -> None:
    store = Store()
    with sa.create_engine("sqlite://").begin() as connection:
        connection.execute(
            sa.text("CREATE TABLE dbops_backfills (id INTEGER PRIMARY KEY, revision, state, later)")
        )
        connection.execute(
            sa.text("INSERT INTO dbops_backfills VALUES (1, 'a1', 'paused', 'whatever')")
        )
        ensure(connection)
        store.add(connection, Status("a2"))
        assert [(one.revision, one.state, one.batches) for one in store.read(connection)] == [
            ("a1", State.PAUSED, 0),
            ("a2", State.PENDING, 0),
        ]
