"""Errors on the terminal: one sentence on standard error, and an exit status."""

import functools
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

import click
from marshmallow import Schema, ValidationError

from bacowr.base.errors import BacowrError, Invalid

P = ParamSpec("P")
R = TypeVar("R")


def told(command: Callable[P, R]) -> Callable[P, R]:
    """Make a command tell what a room raises, field by field, and exit with 1."""

    @functools.wraps(command)
    def telling(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except BacowrError as error:
            lines = [f"  {name}: {text}" for name, texts in error.fields.items() for text in texts]
            raise click.ClickException("\n".join([error.message, *lines])) from error

    return telling


def loaded(schema: Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as the schema takes them; raise Invalid with its messages otherwise."""
    try:
        fields: dict[str, Any] = schema.load(values)
    except ValidationError as error:
        messages = error.messages_dict
        raise Invalid("This can't be taken:", fields=messages) from error
    return fields
