"""What a command prints of the events of its run."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from bacowr.dbops import events
from bacowr.dbops.console import Console, done_line
from bacowr.dbops.report import Finding, Report

if TYPE_CHECKING:
    from collections.abc import Iterator


class Collector:
    """Keeps a run's events for the one line of JSON at its end."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.plan: list[dict[str, object]] = []
        self.backup: dict[str, object] | None = None
        self.revisions: list[dict[str, object]] = []
        self.done: events.RunDone | None = None

    def __call__(self, event: events.Event) -> None:
        """Keep one event."""
        match event:
            case events.Noticed(finding):
                self.findings.append(finding)
            case events.PlanMade():
                self.plan = [
                    {"revision": one.revision, "class": one.kind, "title": one.title}
                    for one in event.revisions
                ]
            case events.BackupMade():
                self.backup = {"file": event.path, "size": event.size}
            case events.RevisionDone():
                self.revisions.append(
                    {"revision": event.revision.revision, "ms": event.duration_ms}
                )
            case events.RunDone():
                self.done = event
            case _:
                pass

    def to_report(self) -> Report:
        """Return the run as a report."""
        facts: dict[str, object] = {"plan": self.plan, "backup": self.backup}
        facts["revisions"] = self.revisions
        if self.done is None:
            return Report("Nothing was run.", tuple(self.findings), facts)
        facts["applied"] = list(self.done.applied)
        facts["heads"] = list(self.done.heads)
        facts["ms"] = self.done.duration_ms
        return Report(done_line(self.done), tuple(self.findings), facts)


@contextmanager
def telling(*, as_json: bool = False) -> Iterator[None]:
    """Print what happens inside as it happens; with as_json, one line at the end."""
    collector = Collector()
    with events.listening(collector if as_json else Console()):
        yield
    if as_json:
        click.echo(collector.to_report().to_json())
