"""What a doctor says of a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bacowr.dbops.maintenance.closing import WAY_OUT
from bacowr.dbops.maintenance.window import read
from bacowr.dbops.report import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bacowr.dbops.project import Project


def find_window(project: Project) -> Iterator[Finding]:
    """Say that the application is closed; one that an upgrade left behind is worth a warning."""
    window = read(project.engine, project.schema)
    if window is None or window.seconds_left() <= 0:
        return
    until = f"{window.until:%Y-%m-%d %H:%M} UTC"
    if window.by_upgrade:
        yield Finding(
            "closed-by-upgrade",
            f"The application is closed until {until} for an upgrade by {window.owner}, which "
            "either runs still or has died.",
            f"since {window.since:%H:%M} UTC",
            f"If it has died: {WAY_OUT}",
            Level.WARNING,
        )
        return
    message = f"The application is {window.mode} for maintenance until {until}."
    yield Finding("closed", message, "", "`flask db maintenance off` opens it.", Level.INFO)
