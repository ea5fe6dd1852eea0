"""The door for people in a browser."""

from flask import Flask

from bacowr.web.errors import answer as answer_error

__all__ = ["answer_error", "register"]


def register(app: Flask) -> None:
    """Add the pages to the application."""
    del app
