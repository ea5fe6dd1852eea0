"""`flask jobs`: order, follow, read, cancel, retry."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask import Flask

from bacowr.accounts.permissions import Role
from bacowr.base.db import db
from bacowr.cli import following
from bacowr.engine import pipeline
from bacowr.jobs import queries, queue, sample, service
from bacowr.jobs.leases import Lease
from bacowr.jobs.runner import Runner
from bacowr.jobs.states import JobStatus
from tests.plugins.application import NewUser
from tests.plugins.short_pipeline import ORDER, Pipeline, no_world

EMAIL = "editor@example.org"
FIELDS = (
    "--publisher=hemochhushall.example",
    "--target=https://varmebutiken.example/guider/valja-luftvarmepump",
    "--anchor=ett ankare",
)

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(app: Flask, new_user: NewUser) -> Run:
    """A function that runs `flask jobs …` as the owner: (exit status, output, errors)."""
    new_user(EMAIL)

    def invoke(*words: str, owner: str = EMAIL) -> tuple[int, str, str]:
        result = app.test_cli_runner().invoke(args=["jobs", *words, "--owner", owner])
        return result.exit_code, result.stdout, result.stderr

    return invoke


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    made = Pipeline()
    monkeypatch.setattr(pipeline, "STEPS", made.steps())
    return made


@pytest.fixture
def worker(app: Flask) -> Runner:
    return Runner("w1", app.app_context, no_world(), lease_seconds=60)


def test_an_order_is_run_here_and_its_end_shown(run: Run, steps: Pipeline) -> None:
    code, out, err = run("create", *FIELDS, "--here")
    assert code == 0, err
    assert "delivered" in out
    assert "--document brief" in out
    assert "✓ fetch: done" in err
    assert steps.ran == ["receive", "fetch", "brief", "done"]


def test_the_engines_own_sample_is_delivered_here(run: Run) -> None:
    code, out, err = run("create", *FIELDS, "--here", "--json")
    assert code == 0, err
    shown = json.loads(out)
    assert shown["is_demo"]
    assert {document["kind"] for document in shown["documents"]} == {"brief", "skeleton"}


def test_bad_input_is_told_field_by_field_and_nothing_is_stored(run: Run) -> None:
    code, out, err = run(
        "create",
        "--publisher=https://a.example/x",
        "--target=javascript:alert(1)",
        "--llm-provider=nobody",
        "--use-ahrefs=maybe",
    )
    assert (code, out) == (1, "")
    for field in ("publisher_domain", "target_url", "anchor_text", "llm_provider", "use_ahrefs"):
        assert f"  {field}: " in err
    assert run("list")[1] == ""


def test_no_wait_prints_the_id_alone(run: Run) -> None:
    code, out, _ = run("create", *FIELDS, "--no-wait")
    assert code == 0
    assert queue.current().waiting() == {out.strip()}


def test_no_wait_prints_the_job_as_json(run: Run) -> None:
    shown = json.loads(run("create", *FIELDS, "--no-wait", "--json")[1])
    assert (shown["status"], shown["country"]) == ("pending", "se")


def test_the_same_key_gives_the_same_job(run: Run) -> None:
    first, again = (run("create", *FIELDS, "--no-wait", "--idempotency-key=k")[1] for _ in range(2))
    assert first == again
    code, _, err = run("create", *FIELDS, "--no-wait", f"--idempotency-key={'k' * 256}")
    assert code == 1
    assert "at most 255 characters" in err


def test_it_is_said_when_no_worker_takes_an_order(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "PATIENCE_SECONDS", 0.0)
    code, out, err = run("create", *FIELDS)
    assert code == 4
    assert "No worker has taken it" in err
    assert "pending" in out


def test_an_order_that_a_worker_takes_is_followed_to_its_end(
    run: Run, worker: Runner, steps: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps.before["fetch"] = steps.abort
    looks = iter(range(1000))

    def work_at_the_third_look(_seconds: float) -> None:
        if next(looks) == 2:
            (job_id,) = queue.current().waiting()
            worker.run(job_id)

    monkeypatch.setattr(following, "sleep", work_at_the_third_look)
    code, out, err = run("create", *FIELDS)
    assert code == 1
    assert "✗ fetch" in out
    assert "It could not be done." in out
    assert "✗ fetch: failed" in err


def test_patience_starts_again_while_a_worker_has_the_job(
    app: Flask, run: Run, steps: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    del app, steps
    moments = iter([0.0, 5.0, 14.0, 23.0, 40.0])
    monkeypatch.setattr(following, "monotonic", lambda: next(moments))
    looks = iter(range(1000))

    def claim_for_a_while(_seconds: float) -> None:
        look, ids = next(looks), queue.current().waiting()
        if look == 0:
            held.append(service.claim(next(iter(ids)), worker="w1", seconds=60))
        if look == 1:
            assert held[0]
            service.hand_back(held[0])

    held: list[Lease | None] = []
    monkeypatch.setattr(following, "sleep", claim_for_a_while)
    assert run("create", *FIELDS)[0] == 4


def test_a_blocked_order_ends_with_three(run: Run) -> None:
    code, out, _ = run(
        "create",
        FIELDS[0],
        "--target=https://varmebutiken.example/nowhere",
        FIELDS[2],
        "--here",
    )
    assert code == 3
    assert "TARGET_HTTP" in out


@pytest.mark.usefixtures("steps")
def test_a_live_line_changes_in_place(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "_is_terminal", lambda: True)
    _, _, err = run("create", *FIELDS, "--here")
    assert "\r✓ receive  ✓ fetch  ✓ brief  ✓ done" in err


def test_an_order_needs_the_permission(run: Run, new_user: NewUser) -> None:
    new_user("viewer@example.org", role=Role.VIEWER)
    code, _, err = run("create", *FIELDS, owner="viewer@example.org")
    assert code == 1
    assert "does not allow jobs.create" in err


def test_an_unknown_owner_is_told(run: Run) -> None:
    code, _, err = run("list", owner="nobody@example.org")
    assert code == 1
    assert "no account" in err


def test_jobs_are_listed_and_narrowed(run: Run) -> None:
    first = run("create", *FIELDS, "--no-wait")[1].strip()
    second = run("create", *FIELDS[:2], "--anchor=andra", "--no-wait")[1].strip()
    assert run("cancel", first)[0] == 0
    code, out, err = run("list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == [second, first]
    assert "2 of 2, page 1." in err
    assert run("list", "--status=canceled")[1].startswith(first)
    assert run("list", "--search=andra")[1].startswith(second)
    rows = json.loads(run("list", "--json", "--page-size=1", "--page=2")[1])
    assert [row["id"] for row in rows] == [first]
    code, _, err = run("list", "--status=gone")
    assert code == 1
    assert "status: Choose among pending" in err


def test_a_job_and_its_documents_are_shown(run: Run, steps: Pipeline) -> None:
    del steps
    job_id = json.loads(run("create", *FIELDS, "--here", "--json")[1])["id"]
    assert "✓ brief" in run("show", job_id)[1]
    assert run("show", job_id, "--document=brief")[1] == "# A brief\n\n"
    code, out, err = run("show", job_id, "--document=skeleton")
    assert (code, out) == (1, "")
    assert "no skeleton" in err
    assert json.loads(run("show", job_id, "--json")[1])["id"] == job_id
    assert run("show", "no such job")[0] == 1


def test_cancel_and_retry_say_when_they_can_not(run: Run) -> None:
    job_id = run("create", *FIELDS, "--no-wait")[1].strip()
    assert "can't become pending" in run("retry", job_id)[2]
    assert run("cancel", job_id)[0] == 0
    code, _, err = run("cancel", job_id)
    assert code == 1
    assert "is canceled" in err
    assert run("retry", job_id)[0] == 0
    assert "waits again" in run("cancel", job_id)[2] + run("retry", job_id)[2]


def test_the_sample_is_ordered_once(app: Flask, run: Run, new_user: NewUser) -> None:
    del app
    first, again = run("sample")[1], run("sample")[1]
    assert first == again
    owner = new_user("other@example.org")
    job = sample.create(owner=owner)
    assert job.id != first.strip()
    assert (job.is_demo, job.status) == (True, JobStatus.PENDING)


def test_a_runner_that_is_interrupted_hands_its_job_back(
    app: Flask, new_user: NewUser, worker: Runner, steps: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    del app
    owner = new_user(EMAIL)
    job = service.create(ORDER, owner=owner)

    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(following, "sleep", interrupt)
    steps.before["receive"] = lambda: worker.stopping.wait(30)
    with pytest.raises(KeyboardInterrupt):
        following.follow(job.id, owner=owner, runner=worker)
    db.session.remove()
    assert queries.get(job.id, owner=owner).status is JobStatus.PENDING
    assert steps.ran in ([], ["receive"])


def test_a_job_is_deleted_when_asked_twice(run: Run) -> None:
    _, job_id, _ = run("create", *FIELDS, "--no-wait")
    code, _, err = run("delete", job_id.strip())
    assert code == 1
    assert "Delete hemochhushall.example" in err
    assert run("delete", job_id.strip(), "--yes")[0] == 0
    assert run("show", job_id.strip())[0] == 1
