"""`flask db upgrade --phase …`: what old code can live with first, the rest once it is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alembic.script import ScriptDirectory
from hypothesis import given
from hypothesis import strategies as st

from bacowr.dbops.classes import RevisionClass
from bacowr.dbops.history import RevisionFacts
from bacowr.dbops.phases import awaited, waiting_for_contract

if TYPE_CHECKING:
    from tests.plugins.project import Outside, Project

TABLE = "op.create_table('t{0}', sa.Column('id', sa.Integer, primary_key=True))"
EXPAND = 'dbops_class = "expand"'
CONTRACT = 'dbops_class = "contract"'
DATA = 'dbops_class = "data"\ndbops_compatible = True'


@pytest.fixture
def served(sqlite_project: Project) -> Project:
    """A project whose first release serves, and whose second has all three classes."""
    sqlite_project.config["DBOPS_BACKUP"] = False
    sqlite_project.add("a1", TABLE.format(1), head=EXPAND)
    assert sqlite_project.db("upgrade").code == 0
    sqlite_project.add("a2", TABLE.format(2), head=EXPAND)
    sqlite_project.add("a3", "op.execute('DELETE FROM t1')", head=DATA)
    sqlite_project.add("a4", "op.drop_table('t1')", head=CONTRACT)
    return sqlite_project


def test_expand_comes_before_the_new_code_and_contract_after_the_old(project: Project) -> None:
    project.config["DBOPS_BACKUP"] = False
    project.add("a1", TABLE.format(1), head=EXPAND)
    assert project.db("upgrade").code == 0
    project.add("a2", TABLE.format(2), head=EXPAND)
    project.add("a3", "op.drop_table('t1')", head=CONTRACT)
    outside = project.db("upgrade", "--phase", "expand")
    assert outside.code == 0, outside.text
    assert "Put off until no old code runs any more: a3." in outside.text
    assert "`flask db upgrade --phase contract`" in outside.text
    assert project.heads() == ["a2"]
    again = project.db("upgrade", "--phase", "expand")
    assert (again.code, "Nothing to do" in again.text, "a3" in again.text) == (0, True, True)
    outside = project.db("upgrade")
    assert outside.code == 1
    assert "Old code may still serve, and a3 may break it. Nothing was changed." in outside.text
    assert project.db("upgrade", "--phase", "contract").code == 0
    assert project.heads() == ["a3"]
    phases = project.scalars("SELECT phase FROM dbops_log ORDER BY id")
    assert phases == ["", "expand", "contract"]


def test_a_project_that_never_went_in_phases_upgrades_at_once(served: Project) -> None:
    assert served.db("upgrade").code == 0
    assert served.heads() == ["a4"]


@pytest.mark.parametrize(
    ("phasing", "words", "code", "heads"),
    [
        ("strict", (), 1, ["a1"]),
        ("strict", ("--maintenance",), 0, ["a4"]),
        ("strict", ("a3",), 0, ["a3"]),
        ("Off", (), 0, ["a4"]),
        ("now and then", (), 2, ["a1"]),
    ],
)
def test_the_setting_says_whether_a_plain_upgrade_holds_back(
    served: Project, phasing: str, words: tuple[str, ...], code: int, heads: list[str]
) -> None:
    served.config["DBOPS_PHASES"] = phasing
    outside = served.db("upgrade", *words)
    assert (outside.code, served.heads()) == (code, heads), outside.text


def test_the_first_upgrade_of_an_empty_database_does_everything(sqlite_project: Project) -> None:
    sqlite_project.config["DBOPS_PHASES"] = "strict"
    sqlite_project.add("a1", TABLE.format(1), head=EXPAND)
    sqlite_project.add("a2", "op.drop_table('t1')", head=CONTRACT)
    sqlite_project.add("a3", TABLE.format(3), head=EXPAND)
    assert sqlite_project.db("upgrade", "--phase", "expand").code == 0
    assert sqlite_project.heads() == ["a3"]
    sqlite_project.add("a4", "op.drop_table('t3')", head=CONTRACT)
    del sqlite_project.config["DBOPS_PHASES"]
    assert sqlite_project.db("upgrade").code == 1


def test_expand_behind_contract_is_refused_by_name(served: Project) -> None:
    served.add("a5", TABLE.format(5), head=EXPAND)
    outside = served.db("upgrade", "--phase", "expand")
    assert outside.code == 1
    assert "Revision a5 (expand) is wanted before the new code serves" in outside.text
    assert "stands behind a4" in outside.text
    assert served.heads() == ["a1"]


def test_a_merge_waits_with_the_contract_and_another_branch_does_not(served: Project) -> None:
    served.add("b2", TABLE.format(9), parent="a1", head=EXPAND)
    served.add("m5", "pass", parent=("a4", "b2"), head=EXPAND)
    outside = served.db("upgrade", "--phase", "expand")
    assert outside.code == 0, outside.text
    assert served.heads() == ["a3", "b2"]
    assert served.db("upgrade", "--phase", "contract").code == 0
    assert served.heads() == ["m5"]


@pytest.mark.parametrize("words", [("--sql",), ("--maintenance",)])
def test_a_script_and_a_closed_application_have_no_phases(
    served: Project, words: tuple[str, ...]
) -> None:
    outside: Outside = served.db("upgrade", "--phase", "expand", *words)
    assert outside.code == 2
    assert served.heads() == ["a1"]


def test_code_may_serve_before_its_contract(served: Project) -> None:
    directory = ScriptDirectory(str(served.folder / "migrations"))
    assert awaited(directory, ("a1",)) == ("a2", "a3")
    assert awaited(directory, ("a3",)) == ()
    assert awaited(directory, ()) == ("a1", "a2", "a3", "a4")


@given(st.lists(st.tuples(st.booleans(), st.sets(st.integers(0, 9), max_size=3)), max_size=10))
def test_what_waits_is_exactly_what_breaks_and_what_is_behind_it(
    drawn: list[tuple[bool, set[int]]],
) -> None:
    pending = [
        RevisionFacts(
            str(n),
            tuple(str(one) for one in below if one < n),
            RevisionClass.EXPAND if good else RevisionClass.CONTRACT,
            "",
            "",
            good,
        )
        for n, (good, below) in enumerate(drawn)
    ]
    waiting = set(waiting_for_contract(pending))
    for one in pending:
        behind = bool(waiting & set(one.parents))
        assert (one.revision in waiting) is (behind or not one.compatible)
