"""Fixtures that give tests the whole application on an empty, migrated database."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import argon2
import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bacowr.accounts import passwords
from bacowr.accounts import service as accounts
from bacowr.accounts.models import User
from bacowr.accounts.permissions import Role
from bacowr.app import create_app
from bacowr.base.db import Model, db
from config import Settings, from_env
from tests.plugins.postgres import Postgres

PASSWORD = "a long enough password"
KEY = "test-key-that-is-long-enough-for-us-all"

NewUser = Callable[..., User]


def settings_in(folder: Path, url: str = "") -> Settings:
    """Return the settings of an installation in `folder`, by default with the embedded database."""
    environ = {"INSTANCE_DIR": str(folder), "SECRET_KEY": KEY, "LOG_LEVEL": "WARNING"}
    environ |= {"RATE_LIMITS": "off"}  # Tests are quicker than people; those of limits turn it on.
    return from_env(environ | ({"DATABASE_URL": url} if url else {}))


def _migrate(settings: Settings) -> None:
    app = create_app(settings)
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()


def empty_settings(request: pytest.FixtureRequest) -> Settings:
    """Return the settings of an installation with an empty database of the kind `request.param`."""
    folder: Path = request.getfixturevalue("tmp_path") / "instance"
    if request.param == "sqlite":
        return settings_in(folder)
    return settings_in(folder, request.getfixturevalue("postgres_url"))


@pytest.fixture(autouse=True, scope="session")
def _cheap_passwords() -> None:
    """Hash with the least work: hundreds of tests make an account."""
    passwords._hasher = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every revision and no rows, to be copied."""
    settings = settings_in(tmp_path_factory.mktemp("migrated"))
    _migrate(settings)
    path = settings.instance_dir / "bacowr.sqlite3"
    with sa.create_engine(settings.database_url).connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a PostgreSQL database with every revision, emptied for each test."""
    url = postgres.create_database()
    _migrate(settings_in(tmp_path_factory.mktemp("migrated"), url))
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """The settings of an installation of its own, with a migrated and empty database."""
    if request.param == "sqlite":
        made = settings_in(tmp_path / "instance")
        shutil.copy(request.getfixturevalue("migrated_sqlite"), made.instance_dir)
        return made
    url = request.getfixturevalue("migrated_postgres")
    made = settings_in(tmp_path / "instance", url)
    queue_url = f"sqlite:///{made.instance_dir / 'queue.sqlite3'}"
    return dataclasses.replace(made, queue_url=queue_url)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application, within its context."""
    made = create_app(settings)
    with made.app_context():
        yield made
        db.session.remove()
        if db.engine.dialect.name == "postgresql":
            names = ", ".join(f'"{name}"' for name in Model.metadata.tables)
            with db.engine.begin() as connection:
                connection.exec_driver_sql(f"TRUNCATE {names} CASCADE")
        db.engine.dispose()


@pytest.fixture
def new_user(app: Flask) -> NewUser:
    """A function that makes an account: new_user("a@example.org", role=Role.ADMIN)."""
    del app

    def make(email: str = "editor@example.org", *, role: Role = Role.EDITOR) -> User:
        return accounts.create_user(email, role=role, password=PASSWORD)

    return make


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser in which nobody is signed in."""
    return app.test_client()
