"""The program that runs in the old code's tree, run here: what it answers, and what it leaves."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from bacowr.dbops.compat import probe

APP = """
import flask
import flask_migrate
import flask_sqlalchemy
import sqlalchemy as sa

print("An application may print.")
db = flask_sqlalchemy.SQLAlchemy()


class Probed(db.Model):
    __tablename__ = "probed"
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(9), nullable=False, default="n")
    note = db.Column(db.Text)
    twice = db.Column(db.Integer, db.Computed("id * 2"))
    gone = db.Column(db.Text)


class Gone(db.Model):
    __tablename__ = "gone"
    id = db.Column(db.Integer, primary_key=True)


db.Table("pairs", db.Column("one", db.Integer), db.Column("at", db.Date, server_default="x"))
db.Table("closed", db.Column("id", db.Text, primary_key=True), db.Column("n", db.Integer))


def create_app():
    app = flask.Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db.init_app(app)
    flask_migrate.Migrate(app, db)
    return app
"""
TABLES = (
    "CREATE TABLE probed (id INTEGER PRIMARY KEY, name TEXT NOT NULL, note, twice AS (id * 2))",
    "CREATE TABLE pairs (one INTEGER, at DATE DEFAULT 'x')",
    "CREATE TABLE closed (id TEXT PRIMARY KEY, n INTEGER)",
    "INSERT INTO closed VALUES ('a', 1)",
    "CREATE TRIGGER no_more BEFORE INSERT ON closed BEGIN SELECT RAISE(ABORT, 'closed'); END",
)


def test_the_probe_tries_each_table_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "probed_app.py").write_text(APP)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path}/probed.db"
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in TABLES:
            connection.exec_driver_sql(statement)
    rows = {
        "probed": {"name": "'100%'", "note": "'x'"},
        "pairs": {"one": "1"},
        "closed": {"id": "'b'", "n": "2"},
    }
    question = {"url": url, "app": "probed_app:create_app", "rows": rows}
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(question)))
    probe.main()
    answer = json.loads(capsys.readouterr().out)
    failed = {(one["table"], one["action"]) for one in answer["failures"]}
    assert failed == {
        ("gone", "read"),
        ("probed", "read"),
        ("probed", "insert"),
        ("probed", "whole insert"),
        ("probed", "sparse insert"),
        ("probed", "update"),
        ("closed", "insert"),
        ("closed", "whole insert"),
        ("closed", "sparse insert"),
    }
    assert answer["tables"]["probed"]["model"] == "Probed"
    assert answer["tables"]["probed"]["columns"]["name"] == {"nullable": False, "default": True}
    assert "no such column: probed.gone" in str(answer["failures"])
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM closed")) == 1
        assert connection.scalar(sa.text("SELECT count(*) FROM pairs")) == 0
