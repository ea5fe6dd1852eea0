"""What a command prints of the events of its run."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from bacowr.dbops import events
from bacowr.dbops.report import Finding, Level, Report

if TYPE_CHECKING:
    from collections.abc import Iterator


class Teller:
    """Prints events as lines, or keeps them for one line of JSON."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.findings: list[Finding] = []
        self.done: events.RunDone | None = None

    def __call__(self, event: events.Event) -> None:
        """Tell one event."""
        if isinstance(event, events.Noticed):
            self.findings.append(event.finding)
        if isinstance(event, events.RunDone):
            self.done = event
        line = line_of(event)
        if line and not self.as_json:
            click.echo(line)

    def to_report(self) -> Report:
        """Return the run as a report."""
        if self.done is None:
            return Report("Nothing was run.", tuple(self.findings))
        facts = {"applied": list(self.done.applied), "heads": list(self.done.heads)}
        return Report(line_of(self.done), tuple(self.findings), facts)


def line_of(event: events.Event) -> str:
    """Return the line for an event, nothing for one that isn't worth a line."""
    match event:
        case events.Noticed(finding):
            mark = "" if finding.level is Level.INFO else f"{finding.level.value.title()}: "
            return f"{mark}{finding.to_text()}"
        case events.WaitingForLock(holder, seconds):
            return f"Waiting up to {seconds:g} s for {holder}."
        case events.RevisionDone():
            facts = event.revision
            return (
                f"[{event.number}/{event.total}] {event.direction} {facts.revision} "
                f"({facts.kind}) {facts.title} {event.duration_ms} ms"
            )
        case events.Retrying():
            return (
                f"{event.revision}: a lock was not free ({event.blocker or 'holder unknown'}); "
                f"trying again in {event.pause_seconds:.1f} s."
            )
        case events.RunDone():
            return event.note or f"Done: {len(event.applied)} in {event.duration_ms / 1000:.1f} s."
    return ""


@contextmanager
def telling(*, as_json: bool = False) -> Iterator[None]:
    """Print what happens inside; with as_json, one line at the end."""
    teller = Teller(as_json=as_json)
    with events.listening(teller):
        yield
    if as_json:
        click.echo(teller.to_report().to_json())
