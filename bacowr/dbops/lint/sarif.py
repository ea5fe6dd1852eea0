"""Findings as SARIF 2.1.0, the format in which code review tools take them.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bacowr.dbops.lint.linting import place_of
from bacowr.dbops.report import Level

if TYPE_CHECKING:
    from bacowr.dbops.report import Finding, Report

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "note"}


def to_sarif(report: Report) -> str:
    """Return the report as one SARIF run."""
    codes = sorted({finding.code for finding in report.findings})
    rules = [_to_rule(code, report) for code in codes]
    results = [_to_result(finding, codes.index(finding.code)) for finding in report.findings]
    driver = {"name": "dbops lint", "rules": rules}
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True}],
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _to_rule(code: str, report: Report) -> dict[str, Any]:
    remedy = next(one.remedy for one in report.findings if one.code == code)
    return {"id": code, "help": {"text": remedy or code}}


def _to_result(finding: Finding, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": LEVELS[finding.level],
        "message": {"text": f"{finding.message} {finding.remedy}".strip()},
    }
    path, line = place_of(finding)
    if path:
        place: dict[str, Any] = {"artifactLocation": {"uri": Path(path).as_posix()}}
        place["region"] = {"startLine": max(1, line)}
        result["locations"] = [{"physicalLocation": place}]
    return result
