"""What each platform is told to run: the same everywhere."""

from __future__ import annotations

import json
import runpy
from typing import Any

from bacowr.worker.process import PATIENCE_SECONDS
from tests.drill.versions import LINE, ROOT


def railway(name: str) -> dict[str, Any]:
    """The part of a config file that says how to run, as Railway reads it."""
    deploy: dict[str, Any] = json.loads((ROOT / name).read_text("utf-8"))["deploy"]
    return deploy


def test_railway_runs_what_the_procfile_says() -> None:
    lines = dict(LINE.findall((ROOT / "Procfile").read_text("utf-8")))
    web, worker = railway("railway.json"), railway("railway.worker.json")
    named = [line.replace("--app wsgi ", "") for line in web["preDeployCommand"]]
    assert named == [lines["release"]]
    assert web["startCommand"] == lines["web"]
    assert worker["startCommand"].replace("--app wsgi ", "") == lines["worker"]


def test_railway_waits_until_processes_have_ended_by_themselves() -> None:
    web, worker = railway("railway.json"), railway("railway.worker.json")
    gunicorn = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    assert web["drainingSeconds"] > gunicorn["graceful_timeout"]
    assert worker["drainingSeconds"] > PATIENCE_SECONDS
