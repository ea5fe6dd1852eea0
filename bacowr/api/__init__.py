"""The door for programs: JSON over HTTP."""

from flask import Flask

from bacowr.api.errors import answer as answer_error

__all__ = ["answer_error", "register"]


def register(app: Flask) -> None:
    """Add the API to the application."""
    del app
