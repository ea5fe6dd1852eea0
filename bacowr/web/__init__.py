"""The door for people in a browser."""

from typing import Any

from flask import Blueprint, Flask, Response, g

from bacowr.accounts import permissions
from bacowr.accounts.permissions import Permission
from bacowr.web import (
    accounts,
    addresses,
    analytics,
    articles,
    assets,
    audit,
    backfills,
    backlinks,
    batches,
    choices,
    database,
    estimates,
    exports,
    jobs,
    moments,
    notifications,
    overview,
    passages,
    passwords,
    people,
    placements,
    review,
    reviews,
    searches,
    services,
    sessions,
    sheets,
    signing,
    watch,
    wording,
)
from bacowr.web.errors import answer as answer_error

ROOMS = (
    assets,
    sessions,
    passwords,
    accounts,
    notifications,
    people,
    estimates,
    jobs,
    sheets,
    batches,
    review,
    placements,
    backlinks,
    articles,
    passages,
    signing,
    searches,
    exports,
    services,
    audit,
    database,
    backfills,
    watch,
    overview,
    analytics,
)

__all__ = ["answer_error", "register"]


def register(app: Flask) -> None:
    """Add the pages to the application."""
    door = Blueprint("web", __name__, template_folder="templates")
    for room in ROOMS:
        door.register_blueprint(room.bp)
    door.after_request(_keep_private)
    app.register_blueprint(door)
    app.context_processor(_who_asks)
    for shown in (moments.ago, moments.exactly, moments.moment, addresses.domain):
        app.add_template_filter(shown)
    app.add_template_filter(addresses.readable)
    app.add_template_filter(reviews.around_changes)
    app.add_template_test(addresses.is_followed)
    # Macros see what the environment knows, not what a page was given.
    app.jinja_env.globals |= {
        "asset": assets.url,
        "choices": choices,
        "may": _may,
        "said": wording.said,
        "span": moments.span,
        "spent": moments.spent,
        "wording": wording,
    }
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _keep_private(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response


def _who_asks() -> dict[str, Any]:
    return {"user": g.get("user")}


def _may(permission: str) -> bool:
    user = g.get("user")
    return user is not None and permissions.is_allowed(user, Permission(permission))
