"""Every kind of fault in a way back is found, and its clean twin is left alone."""

from __future__ import annotations

from collections import defaultdict

import pytest

from tests.dbops.verify.histories import CASES, Case, table_of, write
from tests.plugins.project import Project

Findings = dict[str, list[dict[str, str]]]

SOME = 7
"""How many cases share a history: starting one costs, and so does each table in it."""
SHOWN = {
    "table and index, the index left",
    "NOT NULL dropped, restored on rows without",
    "text widened and cut",
}


def by_revision(facts: dict[str, object]) -> Findings:
    found: Findings = defaultdict(list)
    for one in facts["findings"]:  # type: ignore[attr-defined] # JSON.
        found[one["message"].partition(":")[0]].append(one)
    return found


@pytest.mark.parametrize("first", range(0, len(CASES), SOME))
def test_each_planted_fault_is_found_on_sqlite_and_each_clean_twin_passes(
    sqlite_project: Project, first: int
) -> None:
    judge_cases(sqlite_project, CASES[first : first + SOME])


@pytest.mark.postgres
def test_faults_are_found_on_postgresql_too(postgres_project: Project) -> None:
    judge_cases(postgres_project, tuple(one for one in CASES if one.name in SHOWN))


@pytest.mark.postgres
@pytest.mark.long
@pytest.mark.parametrize("first", range(0, len(CASES), SOME))
def test_each_planted_fault_is_found_on_postgresql(postgres_project: Project, first: int) -> None:
    judge_cases(postgres_project, CASES[first : first + SOME])


def judge_cases(project: Project, chosen: tuple[Case, ...]) -> None:
    cases = write(project, chosen)
    dialect = project.url.partition(":")[0].partition("+")[0]
    done = project.db("verify", "--json", "--dialect", dialect)
    assert done.code == int(any(case.errors for case in chosen)), done.text
    found = by_revision(done.facts)
    assert {one["code"] for one in found["r00"]} == {"V-09"}
    for place, (revision, case) in enumerate(cases.items(), 1):
        said = [one["message"] for one in found[revision]]
        errors = {one["code"] for one in found[revision] if one["level"] == "error"}
        others = {one["code"] for one in found[revision] if one["level"] != "error"}
        assert errors == set(case.errors), (case.name, said)
        assert others == set(case.others), (case.name, said)
        assert any(case.says.format(t=table_of(place)) in one for one in said) or not case.says, (
            case.name,
            said,
        )
    verified: list[object] = done.facts["verified"]
    assert len(verified) == len(cases) + 1
    faults = sum(bool(case.errors) for case in chosen)
    print(f"{dialect}: {faults} of {faults} faults found, {len(chosen) - faults} twins clean")  # noqa: T201 - Counts.
