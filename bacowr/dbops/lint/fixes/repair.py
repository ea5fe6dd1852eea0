"""The findings of a review that have a mechanical safe form, repaired in the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bacowr.dbops.lint.fixes.fixers import FIXERS
from bacowr.dbops.lint.fixes.plans import Plan, write
from bacowr.dbops.lint.fixes.sites import find_site
from bacowr.dbops.lint.linting import place_of
from bacowr.dbops.report import Level

if TYPE_CHECKING:
    from pathlib import Path

    from bacowr.dbops.lint.linting import Review
    from bacowr.dbops.report import Finding

TIMEOUTS = {"P-01", "P-02"}


def repair(review: Review, heads: tuple[str, ...]) -> list[Path]:
    """Write the safe forms of what was found, and return the files that were written.

    One statement is repaired once, for the first of its rules; what is left shows in the next
    review.
    """
    written: list[Path] = []
    for reviewed in review.revisions:
        if reviewed.id not in review.chosen or not reviewed.source:
            continue
        plan = Plan(reviewed, dict(review.metadata.naming_convention))
        seen: set[int] = set()
        for finding in review.findings:
            line = place_of(finding)[1]
            if finding.where == reviewed.at(line) and _is_due(finding, line, seen):
                _fix(plan, finding, line, seen)
        written += write(plan, heads=heads)
    return written


def _is_due(finding: Finding, line: int, seen: set[int]) -> bool:
    if finding.code not in FIXERS:
        return False
    if finding.code in TIMEOUTS:
        return True
    return finding.level is Level.ERROR and line not in seen


def _fix(plan: Plan, finding: Finding, line: int, seen: set[int]) -> None:
    site = find_site(plan.reviewed.source, line)
    if site is not None and FIXERS[finding.code](site, plan):
        plan.fixed.append((finding.code, line))
        if finding.code not in TIMEOUTS:
            seen.add(line)
