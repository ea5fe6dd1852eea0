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
        raise Invalid("Some fields need another look.", fields=by_field(error)) from error
    return values


def brought() -> tuple[bytes | str, str]:
    """Give the rows that were sent, and their name: the file if there is one, else what was pasted.

    Raise Invalid when there is neither.
    """
    file = request.files.get("file")
    if file and file.filename:
        return file.read(), file.filename
    pasted = request.form.get("rows", "")
    if not pasted.strip():
        text = "Choose a file, or paste rows with their headings."
        raise Invalid(text, fields={"file": [text]})
    return pasted, ""


def by_field(error: ValidationError) -> dict[str, list[str]]:
    """Return the faults by the names of their fields."""
    messages: dict[str, list[str]] = error.normalized_messages()  # type: ignore[no-untyped-call]
    return messages
