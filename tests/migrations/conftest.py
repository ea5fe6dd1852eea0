"""The application whose history the plugin of dbops tests; its tests appear at this file."""

import pytest
from flask import Flask

from bacowr.app import create_app
from tests.plugins.application import settings_in
from tests.plugins.postgres import Postgres


@pytest.fixture(scope="session")
def dbops_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An installation that has no database yet."""
    return create_app(settings_in(tmp_path_factory.mktemp("history")))


@pytest.fixture(scope="session")
def dbops_postgres_url(postgres: Postgres) -> str:
    """An empty database on the tests' server; those for the revisions are made beside it."""
    return postgres.create_database()
