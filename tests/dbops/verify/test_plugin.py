"""One line in a conftest gives a project the tests of its history."""

from __future__ import annotations

import pytest

from tests.plugins.project import Project

pytest_plugins = ["pytester"]

TABLE = "op.create_table('things', sa.Column('id', sa.Integer, primary_key=True))"
MODELS = """
class Thing(db.Model):
    __tablename__ = "things"
    id = db.Column(db.Integer, primary_key=True)
"""
LINE = 'pytest_plugins = ["bacowr.dbops.testing"]\n'
ALONE = ("-p", "no:cacheprovider", "-p", "no:cov", "-p", "no:hypothesispytest", "-q")


@pytest.fixture
def tested(sqlite_project: Project, pytester: pytest.Pytester) -> Project:
    """A project whose folder pytest is run in."""
    project = sqlite_project
    app = (
        (project.folder / "app.py")
        .read_text()
        .replace("\n\ndef create_app", f"{MODELS}\n\ndef create_app")
    )
    (project.folder / "app.py").write_text(app)
    pytester.syspathinsert(project.folder)
    pytester.makepyprojecttoml(
        "[tool.pytest.ini_options]\n"
        'dbops_app = "app:create_app"\n'
        f'dbops_directory = "{project.folder}/migrations"\n'
        'dbops_dialects = ["sqlite"]\n'
        'dbops_rows = "2"\n'
    )
    pytester.makepyfile(**{"tests/conftest": LINE})
    return project


@pytest.fixture
def surroundings(tested: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**tested.surroundings(), "FLASK_APP": "app:create_app"}.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("surroundings")
def test_a_good_history_passes_one_test_per_revision(
    tested: Project, pytester: pytest.Pytester
) -> None:
    tested.add("0001", TABLE, "op.drop_table('things')")
    tested.add(
        "0002", "op.add_column('things', sa.Column('n', sa.Text))", "op.drop_column('things', 'n')"
    )
    models = (tested.folder / "app.py").read_text()
    changed = models.replace("primary_key=True)", "primary_key=True)\n    n = db.Column(db.Text)")
    (tested.folder / "app.py").write_text(changed)
    outcome = pytester.runpytest_inprocess(*ALONE, "tests")
    outcome.assert_outcomes(passed=5)


@pytest.mark.usefixtures("surroundings")
def test_each_fault_fails_the_test_that_is_named_after_it(
    tested: Project, pytester: pytest.Pytester
) -> None:
    tested.add("0001", TABLE, "op.drop_table('things')")
    tested.add("0002", "op.add_column('things', sa.Column('more', sa.Text))", "pass")
    tested.add("0003", "op.drop_table('never')", "pass", parent="0001")
    outcome = pytester.runpytest_inprocess(*ALONE, "tests")
    outcome.assert_outcomes(passed=1, failed=5)
    outcome.stdout.fnmatch_lines_random(
        [
            "*The heads are 0002, 0003*",
            "*0002: The downgrade does nothing*",
            "*0003: The upgrade fails*",
            "FAILED tests/conftest.py::test_history_lints_without_errors*",
            "FAILED tests/conftest.py::test_models_equal_the_history*",
        ]
    )


@pytest.mark.usefixtures("surroundings")
def test_without_a_postgresql_its_tests_are_skipped_and_say_so(
    tested: Project, pytester: pytest.Pytester
) -> None:
    tested.add("0001", TABLE, "op.drop_table('things')")
    words = ("-o", "dbops_dialects=postgresql", "-o", "dbops_app=", "-rs", "-k", "up_down or equal")
    outcome = pytester.runpytest_inprocess(*ALONE, *words, "tests")
    outcome.assert_outcomes(skipped=2)
    outcome.stdout.fnmatch_lines(["*set DBOPS_SCRATCH_URL*"])
