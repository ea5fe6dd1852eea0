"""Reading forms with the same schemas that the API reads JSON with."""

from typing import Any

from flask import request
from marshmallow import EXCLUDE, Schema, ValidationError

from bacowr.base.errors import Invalid


def read(schema: Schema) -> dict[str, Any]:
    """Return what the form holds; raise Invalid naming every fault of every field.

    Fields that the schema doesn't know, such as the token against forgery, are left out.
    """
    try:
        values: dict[str, Any] = schema.load(request.form.to_dict(), unknown=EXCLUDE)
    except ValidationError as error:
        raise Invalid("Some fields need another look.", fields=_by_field(error)) from error
    return values


def _by_field(error: ValidationError) -> dict[str, list[str]]:
    messages: dict[str, list[str]] = error.normalized_messages()  # type: ignore[no-untyped-call]
    return messages
