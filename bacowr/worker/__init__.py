"""The door for the queue: a process that takes ids out and runs their jobs."""

from flask import Flask

from bacowr.worker.command import worker

__all__ = ["register"]


def register(app: Flask) -> None:
    """Add `flask worker`."""
    app.cli.add_command(worker)
