"""`flask worker`: run the jobs that wait, until told to stop."""

import click
from flask.cli import ScriptInfo, pass_script_info, with_appcontext

from bacowr.jobs import queue
from bacowr.jobs.runner import installed
from bacowr.worker.process import Worker
from config import Settings


@click.command("worker")
@click.option(
    "--threads",
    type=click.IntRange(1, 64),
    help="How many jobs to run at a time. Unset: WORKER_THREADS.",
)
@with_appcontext
@pass_script_info
def worker(info: ScriptInfo, threads: int | None) -> None:
    """Run the jobs that wait, until a signal says to stop.

    SIGTERM and SIGINT let the steps that run come to an end for a while; their jobs then go on
    elsewhere, from the step after.
    """
    app = info.load_app()
    settings: Settings = app.extensions["settings"]
    runner = installed(
        app.app_context,
        equipment=app.extensions["equipment"],
        lease_seconds=settings.lease_seconds,
        is_closed=app.extensions["dbops"].doorkeeper.is_closed,
    )
    Worker(runner, queue.current(), threads=threads or settings.worker_threads).run()
