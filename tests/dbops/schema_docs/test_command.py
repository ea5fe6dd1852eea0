"""`flask db schema`: the schema of the database or of a revision, in the form asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

if TYPE_CHECKING:
    from tests.plugins.project import Project

FORMS = ("sql", "md", "mermaid", "svg", "json")


def test_the_database_and_its_revision_are_written_alike(history: Project) -> None:
    app = history.load()
    assert history.db("upgrade", app=app).code == 0
    for form in FORMS:
        live = history.db("schema", "--format", form, app=app)
        assert live.code == 0, live.text
        assert "users" in live.out
        assert "alembic_version" not in live.out
        assert "dbops_log" not in live.out
        assert history.db("schema", "--format", form, app=app).out == live.out
    live = history.db("schema", app=app)
    assert history.db("schema", "--revision", "heads", app=app).out == live.out
    page = history.db("schema", "--format", "md", app=app).out
    assert "What they are called." in page
    assert "ON DELETE CASCADE" in page
    ET.fromstring(history.db("schema", "--format", "svg", app=app).out)


def test_a_revision_needs_no_database(sqlite_history: Project, tmp_path: Path) -> None:
    app = sqlite_history.load()
    early = sqlite_history.db("schema", "--revision", "0001", app=app)
    assert "CREATE TABLE users" in early.out
    assert "posts" not in early.out
    nothing = sqlite_history.db("schema", "--revision", "base", "--json", app=app)
    assert nothing.facts["items"] == []
    missing = sqlite_history.db("schema", "--json", app=app)
    assert missing.code == 2
    assert missing.facts["findings"][0]["code"] == "no-database"
    assert not (tmp_path / "test.db").exists()
    unknown = sqlite_history.db("schema", "--revision", "nope", app=app)
    assert unknown.code == 2
    assert "nope" in unknown.err


def test_json_is_one_line_with_the_fingerprint(sqlite_history: Project) -> None:
    app = sqlite_history.load()
    told = sqlite_history.db("schema", "--revision", "0003", "--json", app=app)
    assert told.out.count("\n") == 1
    assert told.facts["dialect"] == "sqlite"
    assert len(str(told.facts["fingerprint"])) == 64
    kinds = {item["kind"] for item in told.facts["items"]}
    assert {"table", "column", "primary key", "foreign key"} <= kinds
    same = sqlite_history.db("schema", "--revision", "0002", "--json", app=app)
    before = sqlite_history.db("schema", "--revision", "0001", "--json", app=app)
    assert same.facts["fingerprint"] == before.facts["fingerprint"]
    assert same.facts["fingerprint"] != told.facts["fingerprint"]


def test_a_difference_between_revisions(sqlite_history: Project) -> None:
    history, app = sqlite_history, sqlite_history.load()
    told = history.db("schema", "--diff", "0001:0003", app=app)
    assert told.code == 1
    assert told.out.startswith("Changes from 0001 to 0003\n+ table posts\n")
    assert "+   foreign key fk_posts on posts" in told.out
    back = history.db("schema", "--diff", "heads:0001", "--format", "md", app=app)
    assert back.code == 1
    assert "| removed | table posts |" in back.out
    same = history.db("schema", "--diff", "0001:0002", app=app)
    assert same.code == 0
    assert same.out.endswith("Nothing differs.\n")
    whole = history.db("schema", "--diff", ":", "--json", app=app)
    assert whole.code == 1
    assert [one["name"] for one in whole.facts["differences"]] == ["posts", "users"]


def test_a_file_is_written_instead(sqlite_history: Project, tmp_path: Path) -> None:
    app = sqlite_history.load()
    words = ("schema", "--revision", "heads", "--format", "svg")
    printed = sqlite_history.db(*words, app=app)
    target = tmp_path / "schema.svg"
    written = sqlite_history.db(*words, "--output", str(target), app=app)
    assert written.out == ""
    assert written.err == f"Written: {target}\n"
    assert target.read_text("utf-8") == printed.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--diff", "0001"), "two revisions"),
        (("--diff", "0001:0003", "--revision", "0001"), "leave --revision out"),
        (("--diff", "0001:0003", "--format", "svg"), "sql, md or json"),
    ],
)
def test_wishes_that_make_no_sense_are_refused(
    sqlite_history: Project, words: tuple[str, ...], said: str
) -> None:
    told = sqlite_history.db("schema", *words)
    assert told.code == 2
    assert said in told.err


def test_models_comments_are_shown_for_sqlite(sqlite_history: Project) -> None:
    told = sqlite_history.db("schema", "--revision", "heads", "--json")
    assert not any("comment" in item["facts"] for item in json.loads(told.out)["items"])
    page = sqlite_history.db("schema", "--revision", "heads", "--format", "mermaid")
    assert 'VARCHAR(40) name "What they are called"' in page.out
