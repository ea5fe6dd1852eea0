"""The previous release's models meet the newest schema: every kind of break is named."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bacowr.dbops.compat.release import find_base
from bacowr.dbops.errors import Refused
from bacowr.dbops.git import run_git
from tests.plugins.project import APP, Project

MODELS = """
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from base import db


class Fine(db.Model):
    __tablename__ = "fine"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(20), default="x")


class Dropped(db.Model):
    __tablename__ = "dropped"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str | None]


class Renamed(db.Model):
    __tablename__ = "renamed"
    id: Mapped[int] = mapped_column(primary_key=True)


class Required(db.Model):
    __tablename__ = "required"
    id: Mapped[int] = mapped_column(primary_key=True)
    fine_id: Mapped[int] = mapped_column(sa.ForeignKey("fine.id"))


class Tight(db.Model):
    __tablename__ = "tight"
    id: Mapped[int] = mapped_column(primary_key=True)
    note: Mapped[str | None]


class Checked(db.Model):
    __tablename__ = "checked"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(sa.String(9), default="old")


class Labelled(db.Model):
    __tablename__ = "labelled"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.Enum("a", "b", native_enum=False))


class Closed(db.Model):
    __tablename__ = "closed"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(default=-1)


plain = db.Table("plain", sa.Column("one", sa.Integer), sa.Column("other", sa.Integer))
"""
BASE = """
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()
"""
FIRST = """
op.create_table("fine", sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("name", sa.String(20), nullable=False))
op.create_table("dropped", sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("title", sa.Text))
op.create_table("renamed", sa.Column("id", sa.Integer, primary_key=True))
op.create_table("required", sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("fine_id", sa.Integer, sa.ForeignKey("fine.id"), nullable=False))
op.create_table("tight", sa.Column("id", sa.Integer, primary_key=True), sa.Column("note", sa.Text))
op.create_table("checked", sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("state", sa.String(9), nullable=False))
op.create_table("labelled", sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("kind", sa.String(1), nullable=False),
                sa.CheckConstraint("kind IN ('a', 'b')", name="ck_kind"))
op.create_table("closed", sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("number", sa.Integer, nullable=False),
                sa.CheckConstraint("number > 0", name="ck_number"))
op.create_table("plain", sa.Column("one", sa.Integer), sa.Column("other", sa.Integer))
"""
SECOND = """
op.add_column("fine", sa.Column("more", sa.Integer, nullable=False, server_default="1"))
op.drop_column("dropped", "title")
op.rename_table("renamed", "called")
op.add_column("required", sa.Column("price", sa.Integer, nullable=True))
op.execute("UPDATE required SET price = 1")
op.execute("UPDATE tight SET note = 'n' WHERE note IS NULL")
op.execute("UPDATE checked SET state = 'new'")
with op.batch_alter_table("required") as batch_op:
    batch_op.alter_column("price", existing_type=sa.Integer, nullable=False)
with op.batch_alter_table("tight") as batch_op:
    batch_op.alter_column("note", existing_type=sa.Text, nullable=False)
with op.batch_alter_table("checked") as batch_op:
    batch_op.create_check_constraint("ck_state", "state IN ('new', 'newer')")
with op.batch_alter_table("labelled") as batch_op:
    batch_op.drop_constraint("ck_kind", type_="check")
    batch_op.create_check_constraint("ck_kind", "kind IN ('a', 'b', 'c')")
"""
EXPAND = """
op.add_column("fine", sa.Column("more", sa.Integer, nullable=False, server_default="1"))
op.create_table("later", sa.Column("id", sa.Integer, primary_key=True))
"""


def git(folder: Path, *words: str) -> None:
    named = ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *named, *words], check=True, capture_output=True)


def release(project: Project) -> Project:
    """Give a project its first release, which is tagged."""
    (project.folder / "base.py").write_text(BASE)
    (project.folder / "models.py").write_text(MODELS)
    app = APP.replace("db = SQLAlchemy()", "from base import db\nimport models")
    (project.folder / "app.py").write_text(app)
    project.add("0001", FIRST, "pass")
    git(project.folder, "init", "-q", "-b", "main")
    git(project.folder, "add", ".")
    git(project.folder, "commit", "-q", "-m", "First")
    git(project.folder, "tag", "v1")
    return project


@pytest.fixture
def released(project: Project) -> Project:
    return release(project)


@pytest.fixture
def sqlite_release(sqlite_project: Project) -> Project:
    return release(sqlite_project)


def compat(
    project: Project, monkeypatch: pytest.MonkeyPatch, *words: str
) -> tuple[int, dict[str, object]]:
    """Run the command as from the project's folder; the new code needs no models to be tried."""
    monkeypatch.chdir(project.folder)
    monkeypatch.syspath_prepend(str(project.folder))
    for name, value in {**project.surroundings(), "FLASK_APP": "app:create_app"}.items():
        monkeypatch.setenv(name, value)
    (project.folder / "app.py").write_text(APP)
    done = project.db("compat", "--json", *words)
    return done.code, done.facts


def test_each_break_is_named_and_what_still_works_is_not(
    released: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    released.add("0002", SECOND, "pass")
    code, facts = compat(released, monkeypatch)
    found = {
        (one["code"], one["where"])
        for one in facts["findings"]  # type: ignore[attr-defined] # JSON.
        if one["level"] == "error"
    }
    assert {place for _, place in found} == {
        *("dropped.title", "renamed", "required.price", "tight.note", "checked", "labelled"),
    }, found
    assert {
        ("compat-read", "dropped.title"),
        ("compat-insert", "dropped.title"),
        ("compat-update", "dropped.title"),
        ("compat-read", "renamed"),
        ("compat-insert", "required.price"),
        ("compat-sparse-insert", "tight.note"),
        ("compat-insert", "checked"),
        ("compat-read", "labelled"),
    } <= found
    remedies = {
        one["where"]: one["remedy"]
        for one in facts["findings"]  # type: ignore[attr-defined] # JSON.
        if one["code"] == "compat-insert"
    }
    assert "server default" in remedies["required.price"]
    assert remedies["dropped.title"].startswith("Spread it over releases")
    assert code == 1
    assert facts["base"] == "v1"
    assert facts["failing_before"] == ["closed: insert"], "What failed before is no break."
    warned = {one["where"] for one in facts["findings"] if one["level"] == "warning"}  # type: ignore[attr-defined] # JSON.
    assert warned == {"checked", "labelled"}


def test_an_expand_revision_breaks_nothing(
    sqlite_release: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = sqlite_release
    released.add("0002", EXPAND, "pass")
    code, facts = compat(released, monkeypatch, "--base", "main")
    assert (code, facts["findings"]) == (0, [])
    assert facts["base"] == "main"
    assert facts["revisions"] == ["0002"]


def test_what_cannot_be_compared_ends_with_two(
    sqlite_release: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert compat(sqlite_release, monkeypatch, "--base", "nonsense")[0] == 2
    (sqlite_release.folder / "app.py").write_text("raise RuntimeError('out of order')\n")
    git(sqlite_release.folder, "commit", "-a", "-q", "-m", "Break it")
    code, facts = compat(sqlite_release, monkeypatch, "--base", "HEAD")
    assert code == 2
    assert "out of order" in str(facts["summary"])
    first = next((sqlite_release.folder / "migrations" / "versions").iterdir())
    first.write_text(first.read_text().replace("'0001'", "'0009'"))
    code, facts = compat(sqlite_release, monkeypatch, "--base", "v1")
    assert code == 2
    assert "is at 0001, which this history doesn't have" in str(facts["summary"])
    first.write_text("revision = '0001'\ndown_revision = None\ndef upgrade(): 1 / 0\n")
    code, facts = compat(sqlite_release, monkeypatch, "--base", "v1")
    assert code == 2
    assert "Revision 0001 can't be applied" in str(facts["summary"])


def test_outside_of_a_repository_there_is_no_release(
    sqlite_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(sqlite_project.folder.parent))
    assert compat(sqlite_project, monkeypatch)[0] == 2


def test_the_base_is_what_probably_serves(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")

    def commit(text: str) -> None:
        (tmp_path / "file").write_text(text)
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-q", "-m", text)

    commit("one")
    with pytest.raises(Refused):
        find_base(tmp_path)
    (tmp_path / "file").write_text("changed")
    assert find_base(tmp_path) == "HEAD", "What isn't committed yet is the new code."
    commit("two")
    assert find_base(tmp_path) == "HEAD~1"
    main = run_git(tmp_path, "rev-parse", "HEAD").strip()
    git(tmp_path, "checkout", "-q", "-b", "work")
    commit("three")
    commit("four")
    assert find_base(tmp_path) == main, "Where the main branch was left."
    git(tmp_path, "tag", "v1", "HEAD~1")
    assert find_base(tmp_path) == "v1"
    git(tmp_path, "tag", "v2")
    assert find_base(tmp_path) == "v1", "The tag at hand is the new code."
    (tmp_path / "file").write_text("changed")
    assert find_base(tmp_path) == "v2"
