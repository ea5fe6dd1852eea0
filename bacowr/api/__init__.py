"""The door for programs: JSON over HTTP."""

from flask import Flask

from bacowr.api import (
    accounts,
    analytics,
    articles,
    audit,
    auth,
    backlinks,
    batches,
    docs,
    events,
    exports,
    handover,
    jobs,
    notifications,
    openapi,
    review,
    services,
    sheets,
    users,
    watch,
)
from bacowr.api.errors import answer as answer_error

__all__ = ["answer_error", "register"]


def register(app: Flask) -> None:
    """Add the API to the application."""
    app.json.sort_keys = False  # type: ignore[attr-defined]  # Fields stand in a thought-out order.
    api = openapi.begin(app)
    for bp in (jobs.bp, articles.bp, backlinks.bp, services.bp, auth.bp, users.bp, accounts.bp):
        api.register_blueprint(bp)
    for bp in (audit.bp, events.bp, exports.bp, watch.bp, notifications.bp):
        api.register_blueprint(bp)
    api.register_blueprint(analytics.bp)
    events.open_for(app)
    for bp in (sheets.bp, batches.bp, review.bp, handover.bp):
        api.register_blueprint(bp)
    openapi.finish(api, app)
    app.register_blueprint(docs.bp)
