"""The description of the API: OpenAPI 3.1, drawn from the views themselves."""

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

import flask_smorest
from flask import Flask
from marshmallow import Schema
from werkzeug.routing import UnicodeConverter

from bacowr.api import errors, examples, idempotency
from bacowr.api.arguments import Parser
from bacowr.base.types import ID_LENGTH
from bacowr.gate.guard import PUBLIC, declared

V = TypeVar("V", bound=Callable[..., Any])

EXTENSION = "openapi"
TITLE = "BACOWR API"
VERSION = "1"
NAME_PREFIX = "api_"
ID_PATTERN = rf"[0-9A-Za-z_-]{{1,{ID_LENGTH}}}"

DESCRIPTION = Path(__file__).with_name("guide.md").read_text(encoding="utf-8")
SECURITY_SCHEMES = {
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "An API key."},
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "The same API key, or an access token of `/auth/login`.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "bacowr",
        "description": "The login cookie of a browser; changes also need `X-CSRFToken`.",
    },
}
PROBLEMS: dict[HTTPStatus, str] = {
    HTTPStatus.BAD_REQUEST: "The body can't be read as JSON.",
    HTTPStatus.UNAUTHORIZED: "No valid key or login was sent.",
    HTTPStatus.FORBIDDEN: "Your role does not allow this, or the request comes from another site.",
    HTTPStatus.NOT_FOUND: "There is no such thing, or it belongs to somebody else.",
    HTTPStatus.CONFLICT: "The thing is in a state in which this can't be done.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than 2 MiB.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body is not sent as JSON.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Inputs can't be taken; `errors` says which and why.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too often, or a quota is spent; see the header `Retry-After`.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "A fault of ours; report the `request_id`.",
    HTTPStatus.BAD_GATEWAY: "A service that this one depends on doesn't answer.",
    HTTPStatus.SERVICE_UNAVAILABLE: "This installation is not connected to what it would take.",
}
ALWAYS = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.INTERNAL_SERVER_ERROR)
IF_GUARDED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
IF_ADDRESSED = (HTTPStatus.NOT_FOUND,)
IF_BODY = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
IF_QUERY = (HTTPStatus.UNPROCESSABLE_ENTITY,)


class IdConverter(UnicodeConverter):
    """An id in an address; other text is nobody's id and not found."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Werkzeug's own.
        super().__init__(*args, **kwargs)
        self.regex = ID_PATTERN


class Api(flask_smorest.Api):  # type: ignore[misc]  # Untyped.
    """The API of one application; its errors are answered by the application."""

    ERROR_SCHEMA = errors.ProblemSchema
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Leave errors to the application, which answers pages with pages."""

    def _register_pagination_header(self) -> None:
        """Describe no header: lists say in their body where they are."""

    def _register_responses(self) -> None:
        for status, description in PROBLEMS.items():
            shown = {"schema": self.ERROR_SCHEMA, "example": examples.problem(status)}
            answer = {"description": description, "content": {errors.PROBLEM: shown}}
            self.spec.components.response(status.name, answer)


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # Untyped.
    """The addresses of one room; every operation is named after its view.

    The decorators are smorest's, with types.
    """

    ARGUMENTS_PARSER = Parser()

    def route(self, rule: str, **options: Any) -> Callable[[V], V]:  # noqa: ANN401  # Theirs.
        """Serve a view, and describe it; what creates something is carried out once for a key."""
        register: Callable[[V], V] = super().route(rule, **options)

        def decorate(view: V) -> V:
            if _creates(view) and not _reads_key(view):
                view = idempotency.once(view)
            return register(self.doc(operationId=view.__name__)(view))

        return decorate

    def arguments(self, schema: type[Schema], **options: Any) -> Callable[[V], V]:  # noqa: ANN401  # Theirs.
        """Read the request by a schema, and describe it."""
        decorator: Callable[[V], V] = super().arguments(schema(), **options)
        return decorator

    def response(self, *what: Any, **options: Any) -> Callable[[V], V]:  # noqa: ANN401  # Theirs.
        """Answer by a schema, and describe it."""
        decorator: Callable[[V], V] = super().response(*what, **options)
        return decorator

    def alt_response(self, *what: Any, **options: Any) -> Callable[[V], V]:  # noqa: ANN401  # Theirs.
        """Describe another answer."""
        decorator: Callable[[V], V] = super().alt_response(*what, **options)
        return decorator

    @staticmethod
    def doc(**more: Any) -> Callable[[V], V]:  # noqa: ANN401  # Theirs.
        """Add to the description."""
        decorator: Callable[[V], V] = flask_smorest.Blueprint.doc(**more)
        return decorator


def _creates(view: Callable[..., Any]) -> bool:
    """Tell whether the view's description says that it makes something."""
    return HTTPStatus.CREATED in getattr(view, "_apidoc", {}).get("success_status_codes", ())


def _reads_key(view: Callable[..., Any]) -> bool:
    """Tell whether the view says that it reads the key by itself."""
    described = getattr(view, "_apidoc", {}).get("manual_doc", {})
    return any(each["name"] == idempotency.HEADER for each in described.get("parameters", ()))


def begin(app: Flask) -> Api:
    """Prepare the application for blueprints of the API."""
    app.url_map.converters["id"] = IdConverter
    api = Api()
    api.register_converter(IdConverter, _describe_id)
    api.init_app(
        app,
        spec_kwargs={
            "title": TITLE,
            "version": VERSION,
            "openapi_version": "3.1.0",
            "info": {"description": DESCRIPTION},
            "servers": [{"url": "/", "description": "This installation."}],
            "security": [{name: []} for name in SECURITY_SCHEMES],
        },
    )
    for name, scheme in SECURITY_SCHEMES.items():
        api.spec.components.security_scheme(name, scheme)
    return api


def finish(api: Api, app: Flask) -> None:
    """Keep the finished description in the application."""
    described: dict[str, Any] = api.spec.to_dict()
    for schema in described["components"]["schemas"].values():
        _mend(schema)
    for tag in described["tags"]:
        tag["name"] = tag["name"].removeprefix(NAME_PREFIX)
    public = _operations(app, lambda view: declared(view) == PUBLIC)
    once = _operations(app, idempotency.is_once)
    for path, operations in described["paths"].items():
        for operation in operations.values():
            if isinstance(operation, dict):
                operation["tags"] = [tag.removeprefix(NAME_PREFIX) for tag in operation["tags"]]
                if operation["operationId"] in once:
                    _add_key(operation)
                _add_problems(operation, path, guarded=operation["operationId"] not in public)
    app.extensions[EXTENSION] = described


def _operations(app: Flask, condition: Callable[[Callable[..., Any]], bool]) -> frozenset[str]:
    return frozenset(
        endpoint.rpartition(".")[2]
        for endpoint, view in app.view_functions.items()
        if condition(view)
    )


def _add_key(operation: dict[str, Any]) -> None:
    """Describe the header of a request that is carried out once."""
    operation["parameters"] = [*operation.get("parameters", ()), idempotency.PARAMETER]
    for status in (HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY):
        operation["responses"][str(int(status))] = _reference(status)


def _mend(schema: dict[str, Any]) -> None:
    """Say what OpenAPI knows and the schemas' translation leaves out: texts, and what must be."""
    properties = schema["properties"]
    needed = [name for name, each in properties.items() if each.pop("required", False)]
    if needed:
        schema["required"] = sorted({*schema.get("required", ()), *needed})
    for each in properties.values():
        if "enum" in each:
            each.setdefault("type", ["string", "null"] if None in each["enum"] else "string")


def _add_problems(operation: dict[str, Any], path: str, *, guarded: bool) -> None:
    """Name every problem that the operation can answer with."""
    asked = {each["in"] for each in operation.get("parameters", ())}
    possible = [
        *ALWAYS,
        *(IF_GUARDED if guarded else ()),
        *(IF_ADDRESSED if "{" in path else ()),
        *(IF_BODY if "requestBody" in operation else ()),
        *(IF_QUERY if "query" in asked else ()),
    ]
    answers = operation["responses"]
    answers |= {str(int(each)): _reference(each) for each in possible}
    operation["responses"] = dict(sorted(answers.items()))


def _reference(status: HTTPStatus) -> dict[str, str]:
    return {"$ref": f"#/components/responses/{status.name}"}


def _describe_id(_converter: IdConverter) -> dict[str, object]:
    return {"type": "string", "pattern": f"^{ID_PATTERN}$"}
