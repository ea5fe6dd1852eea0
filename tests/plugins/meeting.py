"""Two units of work at the same moment, on connections of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from flask import Flask

from bacowr.base.db import db, transaction

R = TypeVar("R")

HELD_SECONDS = 1.0
PATIENCE_SECONDS = 60


def meet(app: Flask, first: Callable[[], R], second: Callable[[], R]) -> tuple[R, R]:
    """Begin the second while the first, done with its work, has not committed; return both results.

    The first commits when the second has returned, or after a second when the second waits for it.
    """
    is_done, has_tried = threading.Event(), threading.Event()

    @transaction
    def held_open() -> R:
        found = first()
        db.session.flush()
        is_done.set()
        has_tried.wait(HELD_SECONDS)
        return found

    def begun() -> R:
        with app.app_context():
            try:
                return held_open()
            finally:
                is_done.set()

    def met() -> R:
        assert is_done.wait(PATIENCE_SECONDS)
        with app.app_context():
            try:
                return second()
            finally:
                has_tried.set()

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.submit(begun), pool.submit(met)
        return one.result(PATIENCE_SECONDS), other.result(PATIENCE_SECONDS)
