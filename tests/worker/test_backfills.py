"""The worker goes on with backfills by turns, but not in a closed house."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask import Flask

from bacowr.dbops.backfill.states import State
from bacowr.dbops.backfill.store import Status
from bacowr.worker import backfills
from bacowr.worker.backfills import Backfills

WAIT_SECONDS = 30


def test_a_turn_finds_nothing_to_do(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    Backfills(app.app_context, stop=threading.Event()).turn()
    assert "round_failed" not in caplog.text


def test_a_turn_tells_what_it_did_and_stops_with_the_worker(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop = threading.Event()

    def go_on(_app: Flask, _seconds: float, is_over: Callable[[], bool]) -> tuple[Status, ...]:
        assert not is_over()
        stop.set()
        assert is_over()
        return (Status("0099", state=State.SUCCEEDED, changed=7),)

    monkeypatch.setattr(backfills, "continue_unfinished", go_on)
    caplog.set_level("INFO")
    Backfills(app.app_context, stop=stop).run()
    assert "backfilled" in caplog.text


def test_a_turn_that_fails_is_not_the_last(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    turned, stop = threading.Semaphore(0), threading.Event()

    def failing(*_: object) -> tuple[Status, ...]:
        turned.release()
        raise OSError("the database is away")

    monkeypatch.setattr(backfills, "continue_unfinished", failing)
    thread = Backfills(app.app_context, stop=stop, every=0.01)
    thread.start()
    for _ in range(3):
        assert turned.acquire(timeout=WAIT_SECONDS)
    stop.set()
    thread.join(WAIT_SECONDS)
    assert not thread.is_alive()


def test_nothing_moves_in_a_closed_house(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[object] = []
    monkeypatch.setattr(backfills, "continue_unfinished", lambda *words: called.append(words))
    Backfills(app.app_context, stop=threading.Event(), rests=lambda: True).turn()
    assert not called
