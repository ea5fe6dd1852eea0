"""What callers send: read strictly, and every fault told by the name of its input."""

import json
from typing import Any, NoReturn

from flask import Request
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from bacowr.base.errors import Invalid

WHOLE_BODY = "body"
UNTAKEABLE = "Some of what was sent can't be taken."


class Parser(FlaskParser):
    """Reads a request by a schema; raises the product's own errors."""

    def _raw_load_json(self, req: Request) -> Any:  # noqa: ANN401  # JSON can be anything.
        return read_json(req)

    def handle_error(self, error: ValidationError, *_args: object, **_kwargs: object) -> NoReturn:
        """Raise Invalid with the messages of every field."""
        faults: dict[str, list[str]] = {}
        for place in _mapping(error.messages).values():
            faults |= flattened(place)
        raise Invalid(UNTAKEABLE, fields=faults) from error


def read_json(request: Request) -> Any:  # noqa: ANN401  # JSON can be anything.
    """Return the body's JSON; raise UnsupportedMediaType or BadRequest when it isn't any.

    Stricter than Python's reader: no NaN or Infinity, and no text that can't be stored as UTF-8.
    """
    if not request.is_json:
        raise UnsupportedMediaType("Send JSON, with the header Content-Type: application/json.")
    try:
        data = json.loads(request.get_data(), parse_constant=_refuse_constant)
        json.dumps(data, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise BadRequest(f"The body is not valid JSON: {error.msg} ({where}).") from error
    except RecursionError as error:
        raise BadRequest("The body is nested too deeply.") from error
    except ValueError as error:
        raise BadRequest("The body is not valid JSON in UTF-8.") from error
    return data


def read_object(request: Request) -> dict[str, Any]:
    """Return the body's JSON object; raise Invalid for any other JSON, and as `read_json` does."""
    data = read_json(request)
    if not isinstance(data, dict):
        text = "Send a JSON object."
        raise Invalid(text, fields={WHOLE_BODY: [text]})
    return data


def read_optional(request: Request, schema: Schema) -> dict[str, Any]:
    """Read a body that may be missing by a schema; raise Invalid, and as `read_json` does."""
    sent = read_object(request) if request.get_data() else {}
    try:
        said: dict[str, Any] = schema.load(sent)
    except ValidationError as error:
        raise Invalid(UNTAKEABLE, fields=flattened(error.messages)) from error
    return said


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON.")


def flattened(messages: object, path: str = "") -> dict[str, list[str]]:
    """Return nested messages by dotted name: `{"jobs": {0: {"anchor": […]}}}` → `jobs.0.anchor`."""
    if isinstance(messages, dict):
        found: dict[str, list[str]] = {}
        for name, inner in messages.items():
            step = "" if name == "_schema" else str(name)
            found |= flattened(inner, ".".join(filter(None, (path, step))))
        return found
    texts = messages if isinstance(messages, list) else [messages]
    return {path or WHOLE_BODY: [str(text) for text in texts]}


def _mapping(messages: object) -> dict[str, object]:
    return messages if isinstance(messages, dict) else {WHOLE_BODY: messages}
