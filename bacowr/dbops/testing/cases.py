"""The tests that every history should pass; the plugin collects them."""

from __future__ import annotations

import pytest

from bacowr.dbops.testing.history import History


def test_history_has_a_single_head(dbops_history: History) -> None:
    """Two heads mean two lines of work that nobody merged."""
    heads = dbops_history.heads()
    if len(heads) > 1:
        pytest.fail(f"The heads are {', '.join(heads)}: `flask db rebase`.", pytrace=False)


def test_history_lints_without_errors(dbops_history: History) -> None:
    """What `flask db lint` calls an error has been mended or allowed with a reason."""
    _fail_with(dbops_history.lint_errors())


def test_revision_goes_up_down_and_up(
    dbops_history: History, dbops_dialect: str, dbops_revision: str
) -> None:
    """The way back undoes the way up, on filled tables, and nothing else."""
    _fail_with(dbops_history.faults_of(dbops_dialect, dbops_revision))


def test_models_equal_the_history(dbops_history: History, dbops_dialect: str) -> None:
    """A fresh database and the models are one."""
    _fail_with(dbops_history.model_differences(dbops_dialect))


def _fail_with(faults: list[str]) -> None:
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)
