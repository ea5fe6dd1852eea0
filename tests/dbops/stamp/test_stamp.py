"""`flask db stamp` writes only what is true, unless it is given a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.dbops.stamp.conftest import fill, forget

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugins.project import Project


def test_the_revision_that_the_schema_equals_is_written(history: Project) -> None:
    app = history.load()
    assert history.db("upgrade", "0003", app=app).code == 0
    forget(history)
    told = history.db("stamp", "0003", app=app)
    assert told.code == 0, told.text
    assert told.out == "The database is stamped at 0003, which its schema equals.\n"
    assert history.heads() == ["0003"]
    assert history.scalars("SELECT direction FROM dbops_log") == ["stamp"]
    assert history.db("upgrade", app=app).code == 0
    recorded = "SELECT revision FROM dbops_log ORDER BY id"
    assert history.scalars(recorded) == ["0003", "0001", "0002", "0004"]


def test_a_different_database_is_refused_with_the_difference(sqlite_history: Project) -> None:
    history, app = sqlite_history, sqlite_history.load()
    assert history.db("upgrade", "0001", app=app).code == 0
    history.execute("ALTER TABLE users ADD COLUMN extra INTEGER")
    history.execute("CREATE TABLE more (id INTEGER PRIMARY KEY)")
    told = history.db("stamp", "head", app=app)
    assert told.code == 1
    assert told.out.startswith("The database is not stamped at 0004.\n")
    for line in ("- column users.mail: type TEXT", "+ table more (id)", "- index ix_mail on users"):
        assert line in told.out
    assert "+ column users.extra: type INTEGER" in told.out
    assert history.heads() == ["0001"]
    machine = history.db("stamp", "head", "--json", app=app)
    assert machine.code == 1
    assert machine.facts["stamped"] is False
    assert machine.facts["heads"] == ["0004"]
    names = {one["name"] for one in machine.facts["differences"]}
    assert names == {"mail", "extra", "more", "ix_mail"}


def test_an_empty_database_is_refused_and_no_file_is_made(
    sqlite_history: Project, tmp_path: Path
) -> None:
    told = sqlite_history.db("stamp", "head")
    assert told.code == 1
    assert "The database is empty" in told.out
    assert "flask db upgrade" in told.out
    assert not (tmp_path / "test.db").exists()


def test_stamp_without_a_revision_means_the_head(sqlite_history: Project) -> None:
    app = sqlite_history.load()
    sqlite_history.db("upgrade", app=app)
    forget(sqlite_history)
    told = sqlite_history.db("stamp", "--json", app=app)
    assert told.facts["heads"] == ["0004"]
    assert told.facts["stamped"] is True


def test_force_writes_with_the_reason_and_the_log_shows_it(sqlite_history: Project) -> None:
    app = sqlite_history.load()
    sqlite_history.db("upgrade", "0001", app=app)
    told = sqlite_history.db("stamp", "0003", "--force", "the column  came\nby hand", app=app)
    assert told.code == 0
    assert told.out == "The database is stamped at 0003, without a comparison.\n"
    assert sqlite_history.heads() == ["0003"]
    log = sqlite_history.db("log", app=app)
    last = log.out.rstrip().split("\n")[-1]
    assert "stamp" in last
    assert last.endswith("Revision 0003. (forced: the column came by hand)")
    entry = sqlite_history.db("log", "--json", app=app).facts["entries"][-1]
    assert entry["parents"] == ["0002"]
    assert entry["checksum"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--force", " "), "needs a reason"),
        (("--sql", "--force", "why"), "--sql only writes SQL"),
        (("--sql", "--json"), "--sql only writes SQL"),
    ],
)
def test_wishes_that_make_no_sense_are_refused(
    sqlite_history: Project, words: tuple[str, ...], said: str
) -> None:
    told = sqlite_history.db("stamp", "0001", *words)
    assert told.code == 2
    assert said in told.err


def test_the_base_is_stamped_on_an_empty_database_only(sqlite_history: Project) -> None:
    app = sqlite_history.load()
    sqlite_history.db("upgrade", "0001", app=app)
    refused = sqlite_history.db("stamp", "base", app=app)
    assert refused.code == 1
    assert "isn't at the base" in refused.out
    assert sqlite_history.heads() == ["0001"]
    forced = sqlite_history.db("stamp", "base", "--force", "starting over", app=app)
    assert forced.code == 0
    assert sqlite_history.heads() == []
    entry = sqlite_history.db("log", "--json", app=app).facts["entries"][-1]
    assert (entry["revision"], entry["title"]) == ("base", "forced: starting over")
    sqlite_history.execute("DROP TABLE users")
    told = sqlite_history.db("stamp", "base", app=app)
    assert told.code == 0
    assert told.out == "The database is stamped at the base, which its schema equals.\n"
    assert sqlite_history.db("upgrade", app=app).code == 0


def test_several_heads_are_stamped_together(sqlite_project: Project) -> None:
    fill(sqlite_project)
    sqlite_project.add("left", "op.create_table('l', sa.Column('a', sa.Text))", parent="0004")
    sqlite_project.add("right", "op.create_table('r', sa.Column('a', sa.Text))", parent="0004")
    app = sqlite_project.load()
    assert sqlite_project.db("upgrade", "heads", app=app).code == 0
    forget(sqlite_project)
    refused = sqlite_project.db("stamp", "left", app=app)
    assert refused.code == 1
    assert "+ table r (a)" in refused.out
    assert sqlite_project.db("stamp", "left", "right", app=app).code == 0
    assert sqlite_project.heads() == ["left", "right"]
    forget(sqlite_project)
    assert sqlite_project.db("stamp", "heads", "--json", app=app).facts["heads"] == [
        "left",
        "right",
    ]
    sqlite_project.execute("DROP TABLE r")
    other = sqlite_project.db("stamp", "left", app=app)
    assert other.code == 1
    assert "left, right" in other.out
    assert sqlite_project.db("stamp", "--purge", "left", app=app).code == 0
    assert sqlite_project.heads() == ["left"]


def test_a_revision_that_nobody_knows_cannot_be_compared(sqlite_history: Project) -> None:
    app = sqlite_history.load()
    sqlite_history.db("upgrade", app=app)
    unknown = sqlite_history.db("stamp", "nope", "--json", app=app)
    assert unknown.code == 2
    assert "nope" in unknown.facts["summary"]
    sqlite_history.execute("UPDATE alembic_version SET version_num = 'gone'")
    ahead = sqlite_history.db("stamp", "head", app=app)
    assert ahead.code == 2
    assert "stands at gone" in ahead.err
    assert sqlite_history.heads() == ["gone"]


def test_a_purge_does_not_hide_what_the_database_holds(sqlite_history: Project) -> None:
    app = sqlite_history.load()
    sqlite_history.db("upgrade", app=app)
    sqlite_history.execute("ALTER TABLE users ADD COLUMN newer TEXT")
    sqlite_history.execute("UPDATE alembic_version SET version_num = '0005'")
    told = sqlite_history.db("stamp", "--purge", "head", app=app)
    assert told.code == 1
    assert "+ column users.newer" in told.out
    assert sqlite_history.heads() == ["0005"]


def test_another_order_of_columns_is_only_noted(sqlite_history: Project) -> None:
    sqlite_history.execute(
        "CREATE TABLE users (id INTEGER NOT NULL, mail TEXT, name VARCHAR(40) NOT NULL, "
        "CONSTRAINT pk_users PRIMARY KEY (id))"
    )
    told = sqlite_history.db("stamp", "0003")
    assert told.code == 0
    assert "Table users has its columns in another order." in told.out
    assert sqlite_history.heads() == ["0003"]


def test_a_long_difference_is_cut_for_people_and_whole_for_machines(
    sqlite_history: Project,
) -> None:
    columns = ", ".join(f"c{number} TEXT" for number in range(40))
    sqlite_history.execute(
        f"CREATE TABLE users (id INTEGER NOT NULL, name VARCHAR(40) NOT NULL, {columns}, "
        "CONSTRAINT pk_users PRIMARY KEY (id))"
    )
    told = sqlite_history.db("stamp", "0001")
    assert "… and 10 lines more" in told.out
    machine = sqlite_history.db("stamp", "0001", "--json")
    assert len(machine.facts["differences"]) == 40


def test_the_sql_of_a_stamp_compares_nothing(sqlite_history: Project) -> None:
    told = sqlite_history.db("stamp", "--sql", "0001:0003")
    assert told.code == 0
    assert "0003" in told.out


def test_a_stamp_backward_takes_back_what_the_record_says(sqlite_history: Project) -> None:
    app = sqlite_history.load()
    sqlite_history.db("upgrade", app=app)
    path = next(sqlite_history.folder.glob("migrations/versions/0003*"))
    path.write_text(path.read_text() + "# Edited.\n")
    edited = "The file of revision 0003 was edited"
    assert edited in sqlite_history.db("status", app=app).out
    told = sqlite_history.db("stamp", "0002", "--force", "put back by hand", app=app)
    assert told.code == 0
    assert edited not in sqlite_history.db("status", app=app).out
    assert sqlite_history.db("stamp", "base", "--force", "anew", app=app).code == 0
    assert "0001" in sqlite_history.db("status", app=app).out
