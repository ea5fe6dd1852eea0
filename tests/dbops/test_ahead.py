"""Code that meets a database which newer code has moved on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugins.project import Project

CREATE = "op.create_table('users', sa.Column('id', sa.Integer, primary_key=True))"
ADD = "op.add_column('users', sa.Column('{}', sa.Text))"


def prepare(project: Project, newest: str, head: str = "") -> Path:
    """Apply three revisions, then take the file of the third away."""
    project.config["DBOPS_APP_VERSION"] = "v2"
    project.add("a001", CREATE, "op.drop_table('users')")
    project.add("a002", ADD.format("name"), "op.drop_column('users', 'name')")
    path = project.add("a003", newest, "pass", head=head)
    done = project.db("upgrade")
    assert done.code == 0, done.text
    hidden = path.with_suffix(".away")
    path.rename(hidden)
    return hidden


def test_an_expand_revision_ahead_is_compatible(project: Project) -> None:
    prepare(project, ADD.format("city"))
    for words in (["upgrade"], ["current"], ["check"], ["upgrade", "head"], ["upgrade", "a002"]):
        result = project.db(*words)
        assert result.code == 0, (words, result.text)
        assert "ahead of this code by 1 (compatible)" in result.out
    assert project.db("current").out.startswith("a003")
    assert project.heads() == ["a003"]


@pytest.mark.parametrize(
    ("newest", "head"),
    [
        ("op.drop_column('users', 'name')", ""),
        (ADD.format("city"), "dbops_class = 'contract'"),
        ("op.execute('UPDATE users SET id = id')", ""),
        ("op.execute('UPDATE users SET id = id')", "dbops_class = 'data'"),
    ],
)
def test_a_breaking_revision_ahead_is_refused_by_name(
    project: Project, newest: str, head: str
) -> None:
    prepare(project, newest, head)
    for words in (["upgrade"], ["current"], ["check"]):
        result = project.db(*words)
        assert result.code == 1, result.text
        assert "ahead of this code by 1, and a003 may break" in result.err
        assert "What to do:" in result.err


def test_a_data_revision_vouched_for_is_compatible(project: Project) -> None:
    prepare(project, "op.execute('UPDATE users SET id = id')", "dbops_compatible = True")
    assert project.db("upgrade").code == 0


def test_nothing_is_downgraded_stamped_or_generated_from_older_code(project: Project) -> None:
    prepare(project, ADD.format("city"))
    for words in (["downgrade"], ["stamp", "a001"], ["migrate", "-m", "x"]):
        result = project.db(*words)
        assert result.code == 1 + (words[0] == "stamp"), (words, result.text)
    assert project.heads() == ["a003"]


def test_a_revision_nobody_recorded_is_refused(project: Project) -> None:
    prepare(project, ADD.format("city"))
    project.execute("DROP TABLE dbops_log")
    result = project.db("upgrade")
    assert result.code == 1
    assert "stands at a003, which this code has no file for" in result.err


def test_code_with_another_new_revision_is_refused(project: Project) -> None:
    prepare(project, ADD.format("city"))
    project.add("b003", ADD.format("street"), parent="a002")
    result = project.db("upgrade")
    assert result.code == 1
    assert "has revisions that are not applied, while the database has a003" in result.err


def test_forward_back_and_forward_again(project: Project) -> None:
    hidden = prepare(project, ADD.format("city"))
    assert project.db("upgrade").code == 0
    hidden.rename(hidden.with_suffix(".py"))
    project.last = "a003"
    project.add("a004", ADD.format("street"))
    result = project.db("upgrade")
    assert result.code == 0, result.text
    assert project.heads() == ["a004"]
    done = "SELECT revision FROM dbops_log WHERE outcome = 'done' ORDER BY id"
    assert project.scalars(done) == ["a001", "a002", "a003", "a004"]


def test_several_revisions_ahead_are_walked_by_the_record(project: Project) -> None:
    hidden = prepare(project, ADD.format("city"))
    hidden.rename(hidden.with_suffix(".py"))
    project.last = "a003"
    later = project.add("a004", ADD.format("street"))
    project.db("upgrade")
    later.unlink()
    hidden.with_suffix(".py").unlink()
    result = project.db("upgrade", "--json")
    assert result.code == 0
    assert "ahead of this code by 2 (compatible): a004, a003" in str(result.facts)


def test_a_database_of_plain_flask_migrate_is_adopted_quietly(project: Project) -> None:
    path = prepare(project, ADD.format("city"))
    path.rename(path.with_suffix(".py"))
    project.execute("DROP TABLE dbops_log")
    result = project.db("upgrade")
    assert result.code == 0, result.text
    assert project.scalars("SELECT revision FROM dbops_log ORDER BY id") == ["a001", "a002", "a003"]
    assert project.scalars("SELECT DISTINCT direction FROM dbops_log") == ["adopt"]
    path.with_suffix(".py").unlink()
    assert project.db("upgrade").code == 0


def test_an_edited_file_is_reported(project: Project) -> None:
    project.add("a001", CREATE)
    path = project.add("a002", ADD.format("name"))
    project.db("upgrade")
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert "was edited" not in project.db("upgrade").text
    path.write_text(path.read_text().replace("name", "title"))
    result = project.db("upgrade")
    assert result.code == 0
    assert "revision a002 was edited after it was applied" in result.text
    first = path.with_name("a001_test.py")
    first.write_text(first.read_text() + "# More.\n")
    checked = project.db("check")
    assert checked.code == 1
    assert "a001 was edited" in checked.text
    assert "a002 was edited" in checked.text


def test_a_record_of_a_newer_or_older_release_is_read(project: Project) -> None:
    prepare(project, ADD.format("city"))
    project.execute("ALTER TABLE dbops_log ADD COLUMN mood TEXT")
    project.execute("ALTER TABLE dbops_log DROP COLUMN statements")
    assert project.db("upgrade").code == 0
    project.add("a003", ADD.format("city"), parent="a002")
    project.add("a004", ADD.format("street"))
    result = project.db("upgrade")
    assert result.code == 0, result.text
    assert project.scalars("SELECT statements FROM dbops_log WHERE revision = 'a004'") != [None]
