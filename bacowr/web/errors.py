"""Every error as a page."""

from flask import Response
from werkzeug.exceptions import HTTPException

from bacowr.base.errors import BacowrError


def answer(error: Exception) -> Response:
    """Turn an error into its page."""
    if isinstance(error, BacowrError):
        return Response(error.message, error.status, mimetype="text/plain")
    if isinstance(error, HTTPException):
        return Response(error.description, error.code, mimetype="text/plain")
    raise error
