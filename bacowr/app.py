"""The factory: the only file that knows every room."""

from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from flask import Flask, request
from flask.typing import ResponseReturnValue
from flask_migrate import Migrate
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

import bacowr.models  # noqa: F401  # Every table must be known before the first query.
from bacowr import api, cli, web, worker
from bacowr.base import log
from bacowr.base.db import db, engine_options, prepare
from bacowr.base.errors import BacowrError
from bacowr.base.http import Outgoing
from bacowr.base.types import render_item
from bacowr.dbops.extension import DbOps
from bacowr.engine.policies import loading as policies
from bacowr.gate import guard, headers, health, limits, window
from bacowr.jobs import queries, queue
from bacowr.jobs.equipping import Equipment
from bacowr.notifications.postroom import Postroom
from bacowr.takeover.source import is_todays
from config import ROOT, Settings, from_env

MIGRATIONS = ROOT / "migrations"
LARGEST_REQUEST_BYTES = 2 * 1024 * 1024

migrate = Migrate()


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application; without settings, those of the environment.

    Raises ConfigError when the environment can't be used.
    """
    settings = settings or from_env()
    log.configure(settings.log_level, as_json=settings.log_json)
    app = Flask(__name__, instance_path=str(settings.instance_dir), static_folder=None)
    app.config.from_mapping(_flask_config(settings))
    app.extensions["settings"] = settings
    policies.use(Path(settings.policies_dir) if settings.policies_dir else None)
    app.extensions["equipment"] = Equipment.of_installation(
        settings, secret_key=settings.secret_key, allow_hosts=settings.fetch_allow_hosts
    )
    app.extensions["postroom"] = Postroom.of_installation(
        settings,
        secret_key=settings.secret_key,
        outgoing=Outgoing(settings.fetch_allow_hosts),
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    _connect_database(app, settings)
    _open_gate(app, settings)
    web.register(app)
    api.register(app)
    cli.register(app)
    worker.register(app)
    return app


def _flask_config(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings.database_url),
        "MAX_CONTENT_LENGTH": LARGEST_REQUEST_BYTES,
        "PERMANENT_SESSION_LIFETIME": settings.session_days * 24 * 3600,
        "SESSION_COOKIE_NAME": "bacowr",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.cookie_secure,
        "SESSION_REFRESH_EACH_REQUEST": False,
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "DBOPS_BACKUP_DIR": settings.dbops_backup_dir,
        "DBOPS_APP_VERSION": settings.dbops_app_version,
        "DBOPS_DATABASE_URL": settings.dbops_database_url,
        "DBOPS_SCRATCH_URL": settings.dbops_scratch_url,
        "DBOPS_BACKFILL_BUDGET": settings.dbops_backfill_budget,
        "DBOPS_PHASES": settings.dbops_phases,
    }


def _connect_database(app: Flask, settings: Settings) -> None:
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
        queue.attach(db.engine, settings.queue_url)
    migrate.init_app(
        app,
        db,
        directory=str(MIGRATIONS),
        compare_server_default=True,
        render_item=render_item,
        include_name=is_todays,
    )
    ops = DbOps(passes=window.passes, busy=lambda: len(queries.held()), guards_requests=False)
    ops.init_app(app, db)
    app.extensions["script_directory"] = ScriptDirectory(str(MIGRATIONS))


def _open_gate(app: Flask, settings: Settings) -> None:
    guard.csrf.init_app(app)
    app.before_request(headers.begin)
    app.before_request(app.extensions["dbops"].doorkeeper.check)
    app.before_request(guard.check)
    app.after_request(headers.finish)
    limits.open_for(app, is_on=settings.rate_limits)
    app.register_blueprint(health.bp)
    for kind in (BacowrError, HTTPException, Exception):
        app.register_error_handler(kind, _answer_error)


def _answer_error(error: Exception) -> ResponseReturnValue:
    answer = api.answer_error if request.path.startswith("/api/") else web.answer_error
    return answer(error)
