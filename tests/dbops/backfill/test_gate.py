"""A contract revision waits for the backfills it needs, and says which command does them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.plugins.project import Project

Give = Callable[..., Any]
DROP = 'with op.batch_alter_table("users") as batch:\n    batch.drop_column("country")'
CONTRACT = 'dbops_class = "contract"\n'


@pytest.fixture
def waiting(sqlite_project: Project, users: Give, declare: Give) -> None:
    """Bring the project to a backfill that waits."""
    users(sqlite_project, 5)
    declare(sqlite_project)
    sqlite_project.config["DBOPS_BACKFILL_BUDGET"] = "0"
    assert sqlite_project.db("upgrade").code == 0


def test_a_contract_revision_does_its_backfill_first(declared: Project, stand: Give) -> None:
    declared.add("a3", DROP)
    outside = declared.db("upgrade")
    assert outside.code == 0, outside.text
    assert outside.out.index("backfill of a2") < outside.out.index("revision=a3")
    assert stand(declared)["changed"] == 40
    assert declared.heads() == ["a3"]


@pytest.mark.parametrize(
    ("word", "state", "remedy"),
    [
        ("", "is not done", "Wait for the worker, or `flask db backfill run a2`"),
        ("pause", "is paused", "`flask db backfill resume a2`"),
        ("cancel", "was canceled", "`flask db backfill run a2` starts it again"),
    ],
)
def test_a_contract_revision_refuses_before_an_unfinished_backfill(
    sqlite_project: Project, waiting: None, word: str, state: str, remedy: str
) -> None:
    del waiting
    if word:
        assert sqlite_project.db("backfill", word, "a2").code == 0
    sqlite_project.add("a3", DROP)
    outside = sqlite_project.db("upgrade")
    assert outside.code == 1
    assert f"Revision a3 needs the backfill of a2, which {state}" in outside.text
    assert remedy in outside.text
    assert sqlite_project.heads() == ["a2"]
    assert sqlite_project.db("backfill", "run", "a2").code == 0
    assert sqlite_project.db("upgrade").code == 0
    assert sqlite_project.heads() == ["a3"]


def test_rows_that_old_code_wrote_since_are_done_before_the_contract(
    declared: Project, stand: Give
) -> None:
    assert declared.db("upgrade").code == 0
    declared.execute("INSERT INTO users (id, country) VALUES (1, 'LATE'), (1000, 'LATER')")
    declared.add("a3", DROP)
    assert declared.db("upgrade").code == 0
    assert declared.scalars("SELECT count(*) FROM users WHERE locale IS NULL") == [0]
    assert stand(declared)["changed"] == 42


def test_a_later_contract_does_not_look_at_columns_that_are_gone(
    sqlite_project: Project, users: Give, declare: Give
) -> None:
    users(sqlite_project, 5)
    declare(sqlite_project)
    sqlite_project.add("a3", DROP.replace("country", "locale"))
    sqlite_project.add("a4", DROP)
    assert sqlite_project.db("upgrade", "a3").code == 0
    outside = sqlite_project.db("upgrade")
    assert outside.code == 0, outside.text


def test_a_contract_revision_may_name_what_it_needs(
    sqlite_project: Project, users: Give, declare: Give
) -> None:
    users(sqlite_project, 5)
    declare(sqlite_project)
    declare(sqlite_project, "a3", where="hits < 0")
    sqlite_project.config["DBOPS_BACKFILL_BUDGET"] = "0"
    sqlite_project.add("a4", "pass", head=f"{CONTRACT}needs_backfill = ()")
    sqlite_project.add("a5", "pass", head=f'{CONTRACT}needs_backfill = "a3"')
    outside = sqlite_project.db("upgrade")
    assert outside.code == 1
    assert sqlite_project.heads() == ["a4"]
    assert "Revision a5 needs the backfill of a3" in outside.text
    assert sqlite_project.db("backfill", "run", "a3").code == 0
    assert sqlite_project.db("upgrade").code == 0
    sqlite_project.add("a6", "pass", head=f'{CONTRACT}needs_backfill = "a9"')
    outside = sqlite_project.db("upgrade")
    assert "No revision a9 of this code declares a backfill." in outside.text
    assert "There are: a2, a3." in outside.text


def test_a_merge_of_branches_does_not_need_what_one_of_them_had(
    sqlite_project: Project, users: Give, declare: Give
) -> None:
    users(sqlite_project, 5)
    declare(sqlite_project)
    sqlite_project.add("b3", DROP.replace("country", "locale"))
    sqlite_project.add("c3", "pass", parent="a2", head='dbops_class = "expand"')
    sqlite_project.add("m4", "pass", parent=("b3", "c3"), head=CONTRACT)
    outside = sqlite_project.db("upgrade")
    assert outside.code == 0, outside.text


def test_a_backfill_nobody_wrote_down_is_done_before_the_contract(
    sqlite_project: Project, users: Give, declare: Give, stand: Give
) -> None:
    users(sqlite_project, 5)
    assert sqlite_project.db("upgrade").code == 0
    declare(sqlite_project)
    assert sqlite_project.db("stamp", "a2").code == 0
    sqlite_project.add("a3", DROP)
    assert sqlite_project.db("upgrade").code == 0
    assert stand(sqlite_project)["changed"] == 5


def test_the_way_back_forgets_the_backfill(declared: Project) -> None:
    assert declared.db("upgrade").code == 0
    assert declared.db("downgrade").code == 0
    assert declared.db("backfill", "list", "--json").facts["backfills"] == []
    declared.execute("UPDATE users SET locale = NULL")
    assert declared.db("upgrade").code == 0
    assert set(declared.scalars("SELECT hits FROM users")) == {2}


def test_code_that_lacks_the_revision_lets_its_backfill_be(
    sqlite_project: Project, users: Give, declare: Give, stand: Give
) -> None:
    users(sqlite_project, 5)
    declare(sqlite_project)
    sqlite_project.config["DBOPS_BACKFILL_BUDGET"] = "0"
    assert sqlite_project.db("upgrade").code == 0
    (sqlite_project.folder / "migrations" / "versions" / "a2_test.py").unlink()
    outside = sqlite_project.db("upgrade")
    assert outside.code == 0
    assert "ahead" in outside.text
    assert sqlite_project.db("backfill", "run").code == 0
    assert stand(sqlite_project)["state"] == "pending"


def test_a_squashed_backfill_does_all_rows_in_its_revision(
    sqlite_project: Project, users: Give, declare: Give
) -> None:
    users(sqlite_project, 5)
    declare(sqlite_project)
    sqlite_project.add("a3", DROP)
    assert sqlite_project.db("squash", "a1:a3", "-m", "Give users a locale").code == 0
    declare(sqlite_project, "a4", where="hits < 0")
    outside = sqlite_project.db("upgrade")
    assert outside.code == 0, outside.text
    assert sqlite_project.scalars("SELECT DISTINCT hits FROM users") == [1]
    assert sqlite_project.scalars("SELECT revision FROM dbops_backfills") == ["a4"]
