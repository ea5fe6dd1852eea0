"""How events, findings and tables look on a terminal, in a release log, and to a machine."""

from __future__ import annotations

import re
import sys
import time
from typing import TYPE_CHECKING

import click

from bacowr.dbops import events
from bacowr.dbops.report import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bacowr.dbops.report import Finding, Report

WIDTH = 100
BAR_WIDTH = 30
THOUSAND = 1000
LINE_EVERY = 10.0
"""Seconds between two lines about the same backfill, where there is no terminal for a bar."""
UNITS = ("bytes", "kB", "MB", "GB", "TB")
QUIET_STATEMENTS = re.compile(
    r"\s*(?:select|pragma|with|savepoint|release|explain)\b", re.IGNORECASE
)


def size_text(size: float) -> str:
    """Write a number of bytes as a person does."""
    unit = 0
    while size >= THOUSAND and unit < len(UNITS) - 1:
        size /= THOUSAND
        unit += 1
    return f"{size:.1f} {UNITS[unit]}" if unit else f"{size:.0f} {UNITS[0]}"


def time_text(milliseconds: float) -> str:
    """Write a duration as a person does."""
    if milliseconds < THOUSAND:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / THOUSAND
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.1f} min"  # noqa: PLR2004 - Two minutes.


def count_text(number: int, thing: str) -> str:
    """Write a number of things."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def heads_text(heads: Sequence[str]) -> str:
    """Write where a database stands."""
    return ", ".join(heads) or "the base"


def columns(rows: Iterable[Sequence[str]]) -> list[str]:
    """Set rows in columns, the last one as long as it likes."""
    table = [list(row) for row in rows]
    if not table:
        return []
    widths = [max(len(row[n]) for row in table) for n in range(len(table[0]) - 1)]
    return [
        "  ".join(
            [*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]
        ).rstrip()
        for row in table
    ]


def finding_lines(finding: Finding) -> list[str]:
    """Write a finding: what, where, and what to do."""
    mark = "" if finding.level is Level.INFO else f"{finding.level.value.capitalize()}: "
    return f"{mark}{finding.to_text()}".split("\n")


def show(report: Report, *, as_json: bool) -> None:
    """Print a report for a person or for a machine."""
    if as_json:
        click.echo(report.to_json())
        return
    click.echo(report.summary)
    for finding in report.findings:
        click.echo("\n".join(finding_lines(finding)))


def machine_line(event: events.RevisionDone) -> str:
    """Write the one line per revision that a release log is searched for."""
    facts = event.revision
    title = facts.title.replace('"', "'")
    return (
        f"dbops revision={facts.revision} direction={event.direction} class={facts.kind} "
        f"outcome=done ms={event.duration_ms} number={event.number}/{event.total} "
        f'title="{title}"'
    )


def plan_lines(event: events.PlanMade) -> list[str]:
    """Write what is about to be done."""
    stand = f"The database {event.database} is at {heads_text(event.heads)}."
    if not event.revisions:
        return [stand]
    number = count_text(len(event.revisions), "revision")
    rows = [(f"  {one.revision}", str(one.kind), one.title) for one in event.revisions]
    return [stand, f"Plan: {event.direction} by {number}.", *columns(rows)]


def statement_line(event: events.StatementDone) -> str:
    """Write a statement that changed something, short; nothing for one that only looked."""
    if QUIET_STATEMENTS.match(event.statement):
        return ""
    text = " ".join(event.statement.split())
    room = WIDTH - 20
    short = text if len(text) <= room else f"{text[: room - 1]}…"
    return f"    {short}  {time_text(event.duration_ms)}"


def bar(event: events.CopyProgress) -> str:
    """Draw how far a long copy is."""
    share = event.done / event.total if event.total else 1.0
    full = round(share * BAR_WIDTH)
    drawn = "#" * full + "-" * (BAR_WIDTH - full)
    text = f"    {event.subject} [{drawn}] {share:4.0%}  {event.done:,} of {event.total:,}"
    return f"{text}{left_text(event)}"


def left_text(event: events.CopyProgress) -> str:
    """Write how long a backfill still takes; nothing for a copy, or where nobody knows."""
    left = event.seconds_left if isinstance(event, events.BackfillMoved) else None
    return "" if left is None else f"  {time_text(left * THOUSAND)} left  "


def done_line(event: events.RunDone) -> str:
    """Write the summary of a run."""
    if event.note:
        return event.note
    if not event.applied:
        return f"Nothing to do: the database is at {heads_text(event.heads)}."
    number = count_text(len(event.applied), "revision")
    spent = time_text(event.duration_ms)
    return f"Done: {event.direction} by {number} in {spent}."


class Console:
    """Prints events as they come: one line per revision, and more on a terminal."""

    def __init__(self, *, is_terminal: bool | None = None) -> None:
        self.is_terminal = sys.stdout.isatty() if is_terminal is None else is_terminal
        self.bar_is_open = False
        self._told = time.monotonic()

    def __call__(self, event: events.Event) -> None:
        """Print what there is to say about an event."""
        if isinstance(event, events.CopyProgress):
            self._draw(event)
            return
        if self.bar_is_open:
            click.echo()
            self.bar_is_open = False
        for line in self.lines(event):
            click.echo(line)

    def lines(self, event: events.Event) -> list[str]:  # noqa: PLR0911 - One answer per kind.
        """Return the lines for an event."""
        match event:
            case events.PlanMade():
                return plan_lines(event)
            case events.Noticed(finding):
                return finding_lines(finding)
            case events.BackupMade():
                spent = time_text(event.duration_ms)
                return [f"Backup: {event.path} ({size_text(event.size)}, {spent})."]
            case events.WaitingForLock(holder, seconds):
                return [f"Waiting up to {seconds:g} s for {holder}."]
            case events.Retrying():
                blocker = event.blocker or "holder unknown"
                pause = time_text(event.pause_seconds * THOUSAND)
                return [f"{event.revision}: a lock was not free ({blocker}); again in {pause}."]
            case events.RunDone():
                return [done_line(event)]
            case _:
                return self._revision_lines(event)

    def _revision_lines(self, event: events.Event) -> list[str]:
        if isinstance(event, events.RevisionDone):
            if not self.is_terminal:
                return [machine_line(event)]
            return [f"  done in {time_text(event.duration_ms)}"]
        if not self.is_terminal:
            return []
        if isinstance(event, events.RevisionStarted):
            facts = event.revision
            number = f"[{event.number}/{event.total}]"
            return [f"{number} {event.direction} {facts.revision} {facts.title}"]
        if isinstance(event, events.StatementDone):
            line = statement_line(event)
            return [line] if line else []
        return []

    def _draw(self, event: events.CopyProgress) -> None:
        if self.is_terminal and event.total:
            click.echo("\r" + bar(event), nl=False)
            self.bar_is_open = True
        elif isinstance(event, events.BackfillMoved) and time.monotonic() > self._told + LINE_EVERY:
            self._told = time.monotonic()
            share = event.done / event.total if event.total else 1.0
            numbers = f"{share:.0%}, {event.done:,} of {event.total:,} rows"
            click.echo(f"dbops backfill {event.subject}: {numbers}{left_text(event)}".rstrip())
