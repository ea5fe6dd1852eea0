"""The description of the API, for programs and for people."""

from typing import Any

from flask import Blueprint, current_app, render_template

from bacowr.accounts.permissions import Permission
from bacowr.api.openapi import EXTENSION
from bacowr.gate.guard import needs

SWAGGER = "vendor/swagger-ui-5.35.0"

bp = Blueprint(
    "api_docs",
    __name__,
    url_prefix="/api/v1",
    static_folder="static",
    static_url_path="/docs/static",
    template_folder="templates",
)


@bp.get("/openapi.json")
@needs(Permission.API_READ)
def openapi() -> dict[str, Any]:
    """Answer with the description in OpenAPI 3.1."""
    described: dict[str, Any] = current_app.extensions[EXTENSION]
    return described


@bp.get("/docs")
@needs(Permission.API_READ)
def page() -> str:
    """Show the description as a page on which requests can be tried."""
    return render_template("api/docs.html", swagger=SWAGGER)
