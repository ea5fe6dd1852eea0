"""`flask jobs` with articles: the terms of an order, what it cost, checking and exporting."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from bacowr.accounts.models import User
from bacowr.base.db import transaction
from bacowr.jobs import queries
from bacowr.jobs.articles import checking, editing, signing, versions
from bacowr.jobs.articles.signing import Signature
from bacowr.jobs.models import Job
from bacowr.jobs.states import Decision, SignoffStep
from tests.plugins.application import NewUser
from tests.plugins.orders import Written

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def owner(new_user: NewUser) -> User:
    return new_user()


@pytest.fixture
def run(app: Flask, owner: User) -> Run:
    def invoke(*words: str, typed: str | None = None) -> tuple[int, str, str]:
        runner = app.test_cli_runner()
        result = runner.invoke(args=["jobs", *words, "--owner", owner.email], input=typed)
        return result.exit_code, result.stdout, result.stderr

    return invoke


def sign(job: Job, owner: User) -> None:
    document = versions.latest(job)
    report = checking.report_of(document) if document else None
    assert document
    assert report
    for each in signing.undecided(report):
        editing.decide(job, each.key, Decision.IGNORED, reason="I looked.", by=owner)
    for step in SignoffStep:
        answers = {each.key: True for each in signing.checklist(step)}
        digest = signing.shown_digest(job, document)
        signing.sign(job, Signature(step, document.id, digest, answers), by=owner)


@transaction
def as_real(job: Job) -> None:
    job.is_demo = False


def test_an_order_carries_its_terms(run: Run, owner: User) -> None:
    code, out, err = run(
        "create",
        "--publisher=hemochhushall.example",
        "--target=https://varmebutiken.example/guider/valja-luftvarmepump",
        "--anchor=ett ankare",
        "--deal-type=paid",
        "--rel=follow",
        "--rel-reason=As agreed.",
        "--advertiser=Värmebutiken",
        "--vertical=none",
        "--provider=openai",
        "--strategy=single_shot",
        "--writing-profile=flow",
        "--anchor-is-fixed",
        "--allow-fallback",
        "--brief-only",
        "--no-wait",
    )
    assert code == 0, err
    order = queries.get(out.strip(), owner=owner).order
    assert (order.deal_type, order.agreed_rel, order.rel_reason) == ("paid", "follow", "As agreed.")
    assert (order.advertiser, order.vertical, order.llm_provider) == (
        "Värmebutiken",
        "none",
        "openai",
    )
    assert (order.writing_strategy, order.writing_profile) == ("single_shot", "flow")
    assert order.anchor_is_fixed
    assert order.allow_fallback
    assert order.brief_only


def test_terms_that_do_not_go_together_are_refused(run: Run) -> None:
    code, _, err = run("create", "--deal-type=paid", "--rel=never", "--no-wait")
    assert code == 1
    assert "  agreed_rel: " in err


def test_what_the_checks_said_and_what_it_cost_is_shown(
    run: Run, owner: User, written: Written
) -> None:
    job = written(owner)
    code, out, _ = run("show", job.id)
    assert code == 0
    assert "checks: needs_signoff, score " in out
    assert f"cost: {job.actual_cost_usd:.4f} USD (measured), 3 calls" in out
    shown = json.loads(run("show", job.id, "--json")[1])
    assert shown["qc_report"]["status"] == "needs_signoff"
    assert shown["metrics"]["calls"] == 3


def test_the_stored_article_and_another_text_are_checked(
    run: Run, owner: User, drafted: Written, tmp_path: Path
) -> None:
    job = drafted(owner)
    code, out, err = run("check", job.id)
    assert code == 1, err
    assert out.startswith("needs_signoff")
    assert "✓ draft" in out
    text = tmp_path / "text.md"
    text.write_text("# Kort\n\nText.\n", encoding="utf-8")
    code, out, _ = run("check", job.id, "--text", str(text))
    assert code == 1
    assert out.startswith("blocked")
    report = json.loads(run("check", job.id, "--text", "-", "--json", typed="# Kort\n")[1])
    assert report["status"] == "blocked"
    assert {each["name"] for each in report["checks"]} >= {"draft", "anchor"}
    assert len(versions.of(job)) == 1


def test_a_job_without_an_article_has_nothing_to_check(run: Run) -> None:
    job_id = run(
        "create",
        "--publisher=hemochhushall.example",
        "--target=https://varmebutiken.example/x",
        "--anchor=a",
        "--no-wait",
    )[1].strip()
    code, _, err = run("check", job_id)
    assert code == 1
    assert "no article" in err
    code, _, err = run("check", job_id, "--text", "-", typed="# A\n")
    assert code == 1
    assert "isn't known" in err


def test_only_a_signed_article_is_exported(
    run: Run, owner: User, drafted: Written, tmp_path: Path
) -> None:
    job = drafted(owner)
    as_real(job)
    file = tmp_path / "article.docx"
    code, _, err = run("export", job.id, "--format", "docx", "-o", str(file))
    assert code == 1
    assert "signed" in err
    assert not file.exists()
    sign(job, owner)
    assert run("export", job.id, "--format", "docx", "-o", str(file))[0] == 0
    assert file.read_bytes().startswith(b"PK")
    code, out, err = run("export", job.id)
    assert code == 0
    assert "](https://varmebutiken.example" in out
    assert ".md, " in err
    evidence = json.loads(run("export", job.id, "--format", "json")[1])["evidence"]
    assert len(evidence["signatures"]) == 2


def test_somebody_else_s_article_is_not_found(
    run: Run, new_user: NewUser, drafted: Written
) -> None:
    job = drafted(new_user("other@example.org"))
    for words in (("check", job.id), ("export", job.id)):
        code, out, err = run(*words)
        assert (code, out) == (1, "")
        assert "There is no such job." in err
