"""All checks together: what a report says, and that a bug in one check hides no other."""

from dataclasses import replace

import pytest

from bacowr.engine.checks import report
from bacowr.engine.checks.model import Check, CheckName, Finding, QcStatus, plain, weighed
from bacowr.engine.checks.report import inspect
from bacowr.engine.checks.subject import Subject
from bacowr.engine.checks.thresholds import thresholds
from bacowr.engine.policies.model import Packs
from tests.plugins import subjects


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_good_article_passes_every_check(language: str) -> None:
    found = inspect(subjects.subject(language))
    assert [each for each in found.findings if each.status is not QcStatus.PASS] == []
    assert found.status is QcStatus.PASS
    assert found.score == 100


def test_a_report_lists_every_check_in_its_order() -> None:
    assert [each.name for each in inspect(subjects.subject()).checks] == list(CheckName)


def test_a_report_names_its_text_its_moment_and_its_data() -> None:
    given = subjects.subject()
    found = inspect(given)
    assert found.article_sha256 == given.article.sha256
    assert found.checked_at == "2026-11-22T12:00:00+00:00"
    assert found.versions["thresholds"] == thresholds().version
    assert {"phrases", "labels", "se-gambling"} <= found.versions.keys()


def test_a_report_names_the_packs_of_the_orders_country_only() -> None:
    assert "se-gambling" not in inspect(subjects.subject("en")).versions


def test_a_report_leaves_out_packs_that_an_operator_took_away() -> None:
    versions = inspect(subjects.subject(), Packs(())).versions
    assert versions.keys() == {"thresholds", "phrases", "labels"}


def test_the_weights_sum_to_one() -> None:
    assert sum(thresholds().weights.values()) == pytest.approx(1)


def fixed(monkeypatch: pytest.MonkeyPatch, **checks: Check) -> None:
    """Let every check say what the test wants of it."""
    rules = {
        name: (lambda _, name=name, **__: checks.get(name.value, plain(name))) for name in CheckName
    }
    monkeypatch.setattr(report, "_rules", lambda _packs: rules)


def scored(name: CheckName, score: float, *findings: Finding) -> Check:
    return replace(weighed(name, findings), score=score)


def test_the_status_is_the_worst_of_all_whatever_the_mean_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    missing = Finding(CheckName.ANCHOR, "missing", QcStatus.BLOCKED, "No link.")
    fixed(
        monkeypatch,
        draft=scored(CheckName.DRAFT, 100),
        anchor=scored(CheckName.ANCHOR, 50, missing),
    )
    found = inspect(subjects.subject())
    assert found.status is QcStatus.BLOCKED
    assert found.score == 75


def test_what_was_not_measured_is_left_out_of_the_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    fixed(
        monkeypatch,
        draft=scored(CheckName.DRAFT, 100),
        trust=scored(CheckName.TRUST, 50),
        intent=Check(CheckName.INTENT, QcStatus.PASS, unmeasured="No results."),
    )
    assert inspect(subjects.subject()).score == 80


def test_nothing_measured_gives_no_score(monkeypatch: pytest.MonkeyPatch) -> None:
    fixed(monkeypatch)
    assert inspect(subjects.subject()).score is None


def test_a_bug_in_one_check_asks_for_a_person_and_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_: Subject) -> Check:
        raise KeyError("a bug")

    monkeypatch.setitem(report.RULES, CheckName.DRAFT, broken)
    told: list[tuple[CheckName, Exception]] = []
    found = inspect(subjects.subject(), on_error=lambda *error: told.append(error))
    [draft] = [each for each in found.checks if each.name is CheckName.DRAFT]
    assert (draft.status, draft.score) == (QcStatus.NEEDS_SIGNOFF, None)
    assert [each.code for each in draft.findings] == ["could_not_run"]
    assert found.status is QcStatus.NEEDS_SIGNOFF
    assert [(name, type(error)) for name, error in told] == [(CheckName.DRAFT, KeyError)]
    assert len(found.checks) == len(CheckName)


def test_a_bug_is_survived_without_anyone_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(report.RULES, CheckName.FIT, lambda _: 1 / 0)
    assert inspect(subjects.subject()).status is QcStatus.NEEDS_SIGNOFF


def decided(monkeypatch: pytest.MonkeyPatch, finding: Finding) -> Check:
    fixed(monkeypatch, draft=weighed(CheckName.DRAFT, [finding]))
    given = replace(subjects.subject(), decisions={finding.key: "accepted"})
    return next(each for each in inspect(given).checks if each.name is CheckName.DRAFT)


def test_a_decided_finding_stays_in_sight_as_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    finding = Finding(
        CheckName.DRAFT, "too_short_hard", QcStatus.NEEDS_SIGNOFF, "Short.", decidable=True
    )
    check = decided(monkeypatch, finding)
    assert [each.status for each in check.findings] == [QcStatus.WARNING]
    assert check.status is QcStatus.WARNING


@pytest.mark.parametrize("decidable", [True, False])
def test_a_block_is_nobodys_to_decide(monkeypatch: pytest.MonkeyPatch, *, decidable: bool) -> None:
    finding = Finding(CheckName.DRAFT, "placeholder", QcStatus.BLOCKED, "TODO", decidable=decidable)
    assert decided(monkeypatch, finding).status is QcStatus.BLOCKED


def test_a_trigger_of_a_signature_is_not_decided_by_the_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    finding = Finding(CheckName.ANCHOR, "risk_high", QcStatus.NEEDS_SIGNOFF, "High.")
    assert decided(monkeypatch, finding).status is QcStatus.NEEDS_SIGNOFF


@pytest.mark.parametrize(
    "text", ["", "#", "# ", "[", "[](", "* * *", "\x00", "![](x)", "\U0001f600 \U0001f600"]
)
def test_no_text_makes_the_checks_raise(text: str) -> None:
    errors: list[object] = []
    inspect(subjects.subject(text=text), on_error=lambda *error: errors.append(error))
    assert errors == []
