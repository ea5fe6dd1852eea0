"""Looking at links beside the orders: as many a minute as the settings say."""

from __future__ import annotations

import dataclasses
import threading

import pytest
from flask import Flask

from bacowr.worker.watching import Watching
from config import Settings


class Stop(threading.Event):
    """Ends the rounds after the second, and notes how long each was to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout)
        return len(self.waits) > 1


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return dataclasses.replace(settings, watch_looks_a_minute=120)


def test_after_a_look_it_pauses_as_the_settings_say(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = iter([object(), None])
    monkeypatch.setattr("bacowr.watch.service.look_at_next", lambda *_: next(looks))
    stop = Stop()
    Watching(app.app_context, stop=stop, worker="w1").run()
    assert stop.waits == [0.5, Watching.PAUSE_SECONDS]
