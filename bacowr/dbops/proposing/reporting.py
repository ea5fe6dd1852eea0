"""What a proposed revision's writer is told: what was found, written, and is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bacowr.dbops.console import count_text, finding_lines
from bacowr.dbops.lint.fixes.fixers import FIXERS
from bacowr.dbops.lint.linting import lines_of
from bacowr.dbops.lint.project import Wish, review_project
from bacowr.dbops.proposing.writing import declare_class
from bacowr.dbops.report import Level, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.config import Config
    from alembic.script import Script
    from flask import Flask

    from bacowr.dbops.proposing.proposal import Proposal

UNCHANGED = "No changes in schema detected."


def to_report(app: Flask, config: Config, proposal: Proposal, scripts: list[Script]) -> Report:
    """Declare the class of what was written, review it as `flask db lint` does, and tell all."""
    facts: dict[str, object] = {"changes": proposal.changes, "steps": proposal.steps}
    if not scripts:
        return Report(UNCHANGED, tuple(proposal.findings), {**facts, "files": []})
    files = [Path(one.path) for one in scripts]
    kinds = [str(declare_class(one)) for one in files]
    reviews = [review_project(app, config, Wish(one.revision)) for one in scripts]
    review = [finding for one in reviews for finding in one.findings]
    facts |= {
        "files": [str(one) for one in files],
        "revisions": [one.revision for one in scripts],
        "class": kinds,
        "review": [line for one in reviews for line in lines_of(one)],
        "fix": _fix([one.code for one in review if one.level is Level.ERROR], scripts),
    }
    found = [*proposal.findings, *review]
    summary = f"Written: {count_text(len(proposal.changes), 'change')}, class {', '.join(kinds)}."
    return Report(summary, tuple(found), facts)


def _fix(codes: list[str], scripts: list[Script]) -> str:
    """Return the command that writes safe forms, nothing where none of them is mechanical."""
    if not any(code in FIXERS for code in codes):
        return ""
    return f"flask db lint --range {scripts[0].revision} --fix"


def lines_for(report: Report, proposal: Proposal) -> Iterator[str]:
    """Yield the report as text: changes, next steps, then the review."""
    facts = report.facts
    if proposal.changes:
        yield f"Found {count_text(len(proposal.changes), 'change')}:"
    yield from (f"  {line}" for line in proposal.changes)
    for finding in proposal.findings:
        yield from finding_lines(finding)
    yield from (f"Next: {step}" for step in proposal.steps)
    if not facts["files"]:
        yield report.summary
        return
    yield f"Class: {', '.join(_texts(facts['class']))}"
    yield from _texts(facts["review"])
    if facts["fix"]:
        yield f"The safe forms that are mechanical are written by: {facts['fix']}"


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
