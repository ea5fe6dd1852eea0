"""A program that makes worker processes, some of which kill themselves.

It reads commands as lines of JSON: `{"start": 7, "settings": {…}}` forks a worker that dies by
SIGKILL before its seventh SQL statement (0 lets it live) and answers with its process id;
`{"end": 4711}` waits until that process is gone and answers with its exit status. Workers are
forked from a parent that has everything loaded, so that a test can afford to kill many.
"""

from __future__ import annotations

import functools
import itertools
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

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


@functools.lru_cache
def app_of(
    database_url: str,
    queue_url: str,
    instance_dir: str,
    lease_seconds: int,
    model_url: str = "",
) -> Flask:
    """Build an application; forks may share it, as it connects to nothing before a query.

    With `model_url` a language model is connected, which speaks OpenAI's protocol there.
    """
    settings = Settings(
        instance_dir=Path(instance_dir),
        database_url=database_url,
        queue_url=queue_url,
        secret_key="a key that is long enough to be one, here",
        lease_seconds=lease_seconds,
        compatible_base_url=model_url,
        compatible_model="local-model" if model_url else "",
        log_level="ERROR",
    )
    return create_app(settings)


def die_before(number: int) -> None:
    """Count the SQL statements of this process, and kill it before one of them."""
    counter = itertools.count(1)

    def count(*_args: object) -> None:
        if next(counter) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(sa.Engine, "before_cursor_execute", count)


def work(app: Flask, number: int, *, short: bool) -> None:
    settings: Settings = app.extensions["settings"]
    if short:
        pipeline.STEPS = Pipeline().steps()
    with app.app_context():
        line = queue.current()
    runner = installed(
        app.app_context,
        equipment=app.extensions["equipment"],
        lease_seconds=settings.lease_seconds,
    )
    if number:
        die_before(number)
    Worker(runner, line, threads=2).run()


def obey(command: dict[str, Any]) -> int:
    if "end" in command:
        return os.waitstatus_to_exitcode(os.waitpid(command["end"], 0)[1])
    app = app_of(**command["settings"])
    if child := os.fork():
        return child
    work(app, command["start"], short=command["short"])
    os._exit(0)


if __name__ == "__main__":
    for text in sys.stdin:
        click.echo(obey(json.loads(text)))
