"""Two threads of one process that migrate at once, each a database of its own."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import flask_migrate
import pytest
from alembic import command

from bacowr.dbops.commands.options import alembic_config, be_patient
from bacowr.dbops.errors import LockBusy
from bacowr.dbops.events import Event, WaitingForLock, listening
from tests.plugins.project import Project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SLOW = """
from flask import current_app
current_app.extensions["gate"].pass_through()
op.create_table('slow', sa.Column('id', sa.Integer, primary_key=True))
"""
QUICK = "op.create_table('quick', sa.Column('id', sa.Integer, primary_key=True))"


@dataclass
class Gate:
    """Holds a revision up until it is opened."""

    reached: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)

    def pass_through(self) -> None:
        self.reached.set()
        assert self.opened.wait(60)


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "slow", f"sqlite:///{tmp_path}/slow.db")) as project:
        project.add("a001", SLOW)
        project.add("a002", "op.add_column('slow', sa.Column('x', sa.Text))")
        yield project


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Project]:
    with closing(Project(tmp_path / "quick", f"sqlite:///{tmp_path}/quick.db")) as project:
        project.add("b001", QUICK)
        project.add("b002", "op.add_column('quick', sa.Column('x', sa.Text))")
        yield project


@pytest.fixture
def gate(slow: Project) -> Iterator[Gate]:
    """A gate in the middle of the first revision of a run in another thread."""
    gate = Gate()
    app = slow.load()
    app.extensions["gate"] = gate

    def run() -> None:
        with app.app_context():
            flask_migrate.upgrade()

    thread = threading.Thread(target=run, name="first")
    thread.start()
    assert gate.reached.wait(60)
    yield gate
    gate.opened.set()
    thread.join()
    assert slow.heads() == ["a002"]
    assert slow.tables() == {"slow"}


def test_a_second_thread_waits_for_its_turn(gate: Gate, quick: Project) -> None:
    heard: list[Event] = []

    def hear(event: Event) -> None:
        heard.append(event)
        gate.opened.set()

    with quick.load().app_context(), listening(hear):
        flask_migrate.upgrade()
    assert isinstance(heard[0], WaitingForLock)
    assert heard[0].holder == "Thread first of this process"
    assert quick.heads() == ["b002"]
    assert quick.tables() == {"quick"}


@pytest.mark.usefixtures("gate")
def test_a_thread_that_waited_too_long_says_for_whom(quick: Project) -> None:
    with quick.load().app_context():
        config = alembic_config(None)
        be_patient(config, wait_seconds=0.01)
        with pytest.raises(LockBusy, match=r"Thread first of this process .* after 0.01 s"):
            command.upgrade(config, "head")
    result = quick.db("upgrade", "--wait", "0")
    assert "Thread first of this process is still migrating" in result.err
    assert not quick.folder.parent.joinpath("quick.db").exists()
