"""The history starts empty, ends equal to the models, and can be walked both ways."""

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Flask

from bacowr.app import create_app
from bacowr.base.db import db
from config import Settings
from tests.plugins.application import empty_settings

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
BOOKKEEPING = ("alembic_version", "dbops_")


@pytest.fixture(params=BOTH)
def settings(request: pytest.FixtureRequest) -> Settings:
    """Of an installation whose database is empty."""
    return empty_settings(request)


@pytest.fixture
def app(settings: Settings) -> Flask:
    """Replaces the migrated application."""
    return create_app(settings)


def tables() -> set[str]:
    names = sa.inspect(db.engine).get_table_names()
    return {name for name in names if not name.startswith(BOOKKEEPING)}


def test_the_history_ends_equal_to_the_models(app: Flask) -> None:
    with app.app_context():
        flask_migrate.upgrade()
        flask_migrate.check()
        assert tables() == set(db.metadata.tables)
        db.engine.dispose()


def test_the_history_is_walked_up_down_and_up_again(app: Flask) -> None:
    script: ScriptDirectory = app.extensions["script_directory"]
    revisions = [revision.revision for revision in script.walk_revisions()]
    with app.app_context():
        flask_migrate.upgrade()
        for _ in revisions:
            flask_migrate.downgrade(revision="-1")
            flask_migrate.upgrade(revision="+1")
            flask_migrate.downgrade(revision="-1")
        assert tables() == set()
        flask_migrate.upgrade()
        flask_migrate.check()
        assert tables() == set(db.metadata.tables)
        db.engine.dispose()


def test_there_is_one_line_of_history(app: Flask) -> None:
    script: ScriptDirectory = app.extensions["script_directory"]
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1
