"""The SQLite rules applied to a history, with what its way back and its env.py mean."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from bacowr.dbops.lint.sqlite import RULES
from bacowr.dbops.lint.sqlite.replay import Replay, read_objects
from bacowr.dbops.lint.sqlite.sights import Sight
from bacowr.dbops.report import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import sqlalchemy as sa

    from bacowr.dbops.lint.linting import Review
    from bacowr.dbops.lint.revisions import Reviewed
    from bacowr.dbops.lint.sqlite.replay import Replayed

LOST_ON_THE_WAY = {"L-10", "L-11", "L-12", "L-13", "L-14", "L-15"}


def review_sqlite(
    review: Review, engine: sa.Engine, path: str | None, rows: Mapping[str, int]
) -> None:
    """Judge the chosen revisions as SQLite would run them; `path` is the database at hand."""
    replay = Replay(engine, review.metadata, read_objects(path) if path else ())
    try:
        for reviewed in review.revisions:
            chosen = reviewed.id in review.chosen
            if chosen or path is None:
                _review(review, reviewed, replay, rows if path else {})
    finally:
        replay.close()


def _review(review: Review, reviewed: Reviewed, replay: Replay, rows: Mapping[str, int]) -> None:
    module = reviewed.script.module
    file = module.__file__ or str(reviewed.path)
    up = replay.run(module.upgrade, file)
    if reviewed.id not in review.chosen:
        return
    for line, finding in judge(up, review, reviewed, rows):
        review.add(reviewed, line, finding)
    if up.failure:
        _add_failure(review, reviewed, up)
    downgrade = getattr(module, "downgrade", None)
    if downgrade is not None and not up.failure and not review.protections.is_lossless:
        down = replay.run(downgrade, file, keep=False)
        for line, finding in judge(down, review, reviewed, rows):
            if finding.code in LOST_ON_THE_WAY and "DropTable" not in finding.message:
                review.add(reviewed, line, replace(finding, code="L-23"))


def judge(
    replayed: Replayed, review: Review, reviewed: Reviewed, rows: Mapping[str, int]
) -> Iterator[tuple[int, Finding]]:
    """Yield what the rules find, with the lines."""
    changes = tuple(replayed.changes)
    for index, change in enumerate(changes):
        sight = Sight(changes, index, review.protections, rows)
        for rule in RULES.values():
            for subject, level in rule.judge(sight):
                message = f"{subject} {rule.happens}."
                where = reviewed.at(change.line)
                yield change.line, Finding(rule.id, message, where, rule.remedy, level)


def _add_failure(review: Review, reviewed: Reviewed, up: Replayed) -> None:
    line = up.failure_line
    where = reviewed.at(line)
    if any(finding.where == where for finding in review.findings):
        return
    message = f"On an empty SQLite database it fails: {up.failure}."
    remedy = "Run it on a copy to see what it does; what follows was not judged."
    review.add(reviewed, line, Finding("P-17", message, where, remedy, Level.WARNING))


def judge_surroundings(review: Review, env: str, path: str | None) -> Iterator[Finding]:
    """L-16, L-17 and L-20: what env.py and the place of the file mean for every revision."""
    remedy = "Call dbops' run_migrations() in env.py."
    if not review.protections.is_lossless and review.chosen:
        message = "SQLite's driver sends no BEGIN before DDL, so a revision that is interrupted "
        message += "stays half done and can't be run again."
        yield Finding("L-16", message, env, remedy, Level.WARNING)
        message = "Two upgrades at once wait for each other or run the same revision twice."
        yield Finding("L-17", message, env, remedy, Level.WARNING)
    in_release = os.environ.get("DYNO", "").startswith("release.")
    if path is not None and (in_release or os.environ.get("RELEASE_COMMAND")):
        message = f"{path} lies in a release container, whose files are thrown away afterwards."
        yield Finding(
            "L-20", message, remedy="Migrate in the start command, where the volume is mounted."
        )
