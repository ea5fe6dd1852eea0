"""A program that makes worker processes which kill themselves: one for each number on its input.

The number says before which SQL statement a worker dies by SIGKILL; 0 lets it live. Workers are
forked from a parent that has everything loaded, so that a test can afford to kill many.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
from pathlib import Path

import click
import sqlalchemy as sa
from flask import Flask

from bacowr.app import create_app
from bacowr.engine import pipeline
from bacowr.jobs import queue
from bacowr.jobs.runner import installed
from bacowr.worker.process import Worker
from config import Settings
from tests.plugins.short_pipeline import Pipeline


def settings_of(words: dict[str, str]) -> Settings:
    return Settings(
        instance_dir=Path(words["instance_dir"]),
        database_url=words["database_url"],
        queue_url=words["queue_url"],
        secret_key="a key that is long enough to be one, here",
        lease_seconds=int(words["lease_seconds"]),
        log_level="ERROR",
    )


def die_before(number: int) -> None:
    """Count the SQL statements of this process, and kill it before one of them."""
    counter = itertools.count(1)

    def count(*_args: object) -> None:
        if next(counter) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(sa.Engine, "before_cursor_execute", count)


def work(app: Flask, number: int) -> None:
    settings: Settings = app.extensions["settings"]
    with app.app_context():
        line = queue.current()
    runner = installed(
        app.app_context, allow_hosts=frozenset(), lease_seconds=settings.lease_seconds
    )
    if number:
        die_before(number)
    Worker(runner, line, threads=2).run()


def main() -> None:
    words = json.loads(sys.argv[1])
    if words["short"]:
        pipeline.STEPS = Pipeline().steps()
    app = create_app(settings_of(words))  # It connects to nothing before its first query.
    for text in sys.stdin:
        if not (child := os.fork()):
            work(app, int(text))
            os._exit(0)
        click.echo(child)
        click.echo(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


if __name__ == "__main__":
    main()
