"""`flask serve`: everything on one machine, started and stopped together."""

import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType

import click
import flask_migrate
from flask import current_app
from flask.cli import with_appcontext

from bacowr.accounts import queries, service
from bacowr.accounts.permissions import Role
from bacowr.jobs import sample

FIRST_ADMIN = "admin@localhost"
HOST = "127.0.0.1"
PATIENCE_SECONDS = 25


@click.command("serve")
@click.option("--port", default=8000, envvar="PORT", show_default=True, help="Where to serve.")
@with_appcontext
def serve(port: int) -> None:
    """Bring the database up to date and run the web server and the worker until Ctrl-C."""
    _refuse_taken_port(port)
    flask_migrate.upgrade()
    _make_first_admin()
    python = sys.executable
    code = _supervise(
        [
            [python, "-m", "gunicorn", "wsgi:app", "--bind", f"{HOST}:{port}"],
            [python, "-m", "flask", "worker"],
        ],
        f"BACOWR is at http://{HOST}:{port} (Ctrl-C stops it).",
    )
    sys.exit(code)


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            text = f"Port {port} is taken ({error.strerror}). PORT={port + 1} make run: elsewhere."
            raise click.ClickException(text) from error


def _make_first_admin() -> None:
    """Create an admin with a random password, printed once, when there is no account yet."""
    if queries.has_users():
        return
    password = secrets.token_urlsafe(12)
    admin = service.create_user(FIRST_ADMIN, role=Role.ADMIN, password=password, name="Admin")
    click.echo(f"\n  First sign-in, shown this once:\n\n    {FIRST_ADMIN}\n    {password}\n")
    sample.create(owner=admin)


def _supervise(commands: Sequence[Sequence[str]], greeting: str) -> int:
    """Run the commands until one ends or a signal comes; return the exit status."""
    stopped_by: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopped_by.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    # In sessions of their own, so that Ctrl-C reaches them once, and in this order.
    children = [subprocess.Popen(command, start_new_session=True) for command in commands]  # noqa: S603  # Our own commands.
    click.echo(greeting)
    while not stopped_by and all(child.poll() is None for child in children):
        time.sleep(0.2)
    return _stop(children, on_purpose=bool(stopped_by))


def _stop(children: Sequence[subprocess.Popen[bytes]], *, on_purpose: bool) -> int:
    codes = [child.poll() for child in children]
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    if on_purpose:
        click.echo("BACOWR has stopped.")
        return 0
    ended = next(
        str(child.args) for child, code in zip(children, codes, strict=True) if code is not None
    )
    current_app.logger.error("A part of BACOWR ended by itself: %s", ended)
    return 1
