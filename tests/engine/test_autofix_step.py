"""A repair that was tried and changed nothing asks for a person."""

from __future__ import annotations

import dataclasses

import pytest

from bacowr.base import clock
from bacowr.base.http import Outgoing
from bacowr.engine.checks.model import QcStatus, Report
from bacowr.engine.checks.subject import Subject
from bacowr.engine.providers.assembly import installed_ports
from bacowr.engine.repairs.model import Outcome, Repair
from bacowr.engine.repairs.repair import repair
from bacowr.engine.steps import done
from bacowr.engine.steps.step import Stage
from bacowr.jobs import sample
from tests.plugins import whole_run
from tests.plugins.canned_writer import CannedWriter


def test_a_repair_that_failed_needs_a_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    def fruitless(subject: Subject, report: Report) -> Repair:
        return dataclasses.replace(repair(subject, report), outcome=Outcome.FAILED, applied=False)

    monkeypatch.setattr("bacowr.engine.steps.autofix.repair", fruitless)
    ports = dataclasses.replace(installed_ports(Outgoing(), clock.now), writer=CannedWriter())
    outputs = whole_run.run(sample.ORDER, ports)
    report = done.last_report(outputs)
    assert report is not None
    assert report.status is QcStatus.NEEDS_SIGNOFF
    assert outputs[Stage.RECHECK]["report"] is None
    assert report.checks != done.reports({**outputs, Stage.AUTOFIX: {}})[0].checks
