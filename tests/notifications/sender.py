"""A program whose children send what is due, some of which kill themselves.

It reads the settings as a line of JSON, and then numbers: each forks a child that dies by SIGKILL
before that SQL statement (0 lets it live), and is answered with the child's exit status.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from bacowr.app import create_app
from bacowr.base.db import db
from bacowr.worker.notifying import Notifying
from config import Settings


def application(told: dict[str, str]) -> Flask:
    """Build the application; it connects to nothing before a query."""
    return create_app(
        Settings(
            instance_dir=Path(told["instance_dir"]),
            database_url=told["database_url"],
            queue_url=told["queue_url"],
            secret_key=told["secret_key"],
            fetch_allow_hosts=frozenset({told["host"]}),
            log_level="CRITICAL",
        )
    )


def send_all(app: Flask, dies_before: int) -> None:
    """Do a worker's rounds until nothing is due."""
    counter = itertools.count(1)

    def count(*_event: object) -> None:
        if next(counter) == dies_before:
            os.kill(os.getpid(), signal.SIGKILL)

    with app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", count)
        sa.event.listen(db.engine, "commit", count)
    rounds = Notifying(app.app_context, stop=threading.Event(), worker=f"sender {os.getpid()}")
    rounds._swept_at = time.monotonic()
    while rounds.turn():
        pass


def main() -> None:
    app = application(json.loads(sys.stdin.readline()))
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            send_all(app, int(line))
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  # Its answer.


if __name__ == "__main__":
    main()
